import { type ApptainerProgram } from "./apptainer-program.ts";
import { type Environment, buildEnvironment } from "./build-environment.ts";
import type { BuildJob } from "./builder.ts";
import { findProgram, outputOf } from "./find-program.ts";
import type { CommandLine } from "./run-command.ts";

/** How a machine lets an image be built. */
export type BuildWay =
  | { readonly kind: "plain"; readonly hint?: string }
  | { readonly kind: "fakeroot" }
  | { readonly kind: "sudo"; readonly sudo: string };

/** What decides it. */
export interface MachineProbes {
  readonly isRoot: boolean;
  /** Anybody may become root of a user namespace. */
  readonly hasNamespaces: boolean;
  /** The path of sudo, where it runs this program without a password. */
  readonly sudo: string | undefined;
}

const NO_WAY =
  "this user is not root, has no user namespaces, and sudo asks for a password or is missing; allow one of them";

/** Plain for root, else with as few rights as the machine lets it be done. */
export function chooseWay({ isRoot, hasNamespaces, sudo }: MachineProbes): BuildWay {
  if (isRoot) return { kind: "plain" };
  if (hasNamespaces) return { kind: "fakeroot" };
  if (sudo !== undefined) return { kind: "sudo", sudo };
  return { kind: "plain", hint: NO_WAY };
}

/** Asks the machine; root is asked nothing. */
export async function probeMachine(
  program: ApptainerProgram,
  env: Environment,
  user = process.getuid?.(),
): Promise<MachineProbes> {
  if (user === 0) return { isRoot: true, hasNamespaces: true, sudo: undefined };
  const seen = buildEnvironment(env);
  const [unshare, sudo] = [findProgram("unshare", env), findProgram("sudo", env)];
  const answers = async (path: string | undefined, args: readonly string[]) =>
    path !== undefined && (await outputOf(path, args, seen)) !== undefined;
  return {
    isRoot: false,
    hasNamespaces: await answers(unshare, ["--user", "--map-root-user", "true"]),
    sudo: (await answers(sudo, sudoArgs(seen, program.path, ["--version"]))) ? sudo : undefined,
  };
}

/** The program and arguments that run Apptainer in a way. */
export function commandOf(
  way: BuildWay,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Pick<CommandLine, "program" | "args" | "sudo" | "hint"> {
  if (way.kind === "sudo") return { program: way.sudo, args: sudoArgs(env, program, args), sudo: way.sudo };
  return { program, args, ...(way.kind === "plain" && way.hint !== undefined && { hint: way.hint }) };
}

/** Root's own PATH and HOME stay; values are not in the arguments, which everybody on the machine can read. */
function sudoArgs(
  env: Readonly<Record<string, string>>,
  program: string,
  args: readonly string[],
): readonly string[] {
  const names = Object.keys(env).filter((name) => !["PATH", "HOME", "USER", "LOGNAME"].includes(name));
  return ["-n", `--preserve-env=${names.sort().join(",")}`, "--", program, ...args];
}

/** What root has written becomes the user's, who has to read it and to take it away; tries. */
export async function takeOver(
  sudo: string,
  job: BuildJob,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const owner = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  for (const path of [job.image, job.temporary])
    await outputOf(sudo, ["-n", "chown", "-hR", owner, "--", path], env);
}
