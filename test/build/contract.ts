import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BuildError } from "../../src/build/build-error.ts";
import { BuildLog } from "../../src/build/build-log.ts";
import type { BuildJob, Builder } from "../../src/build/builder.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { PROJECT } from "../support/cli.ts";
import { because, whyNoApptainer } from "../support/clients.ts";
import { temporaryFolder } from "../support/registry.ts";

/** A builder in a test of its own. */
export interface BuilderUnderTest {
  open(env: NodeJS.ProcessEnv): Promise<Builder>;
  /** What it says that it is. */
  readonly name: string;
  readonly version: string | undefined;
  /** What its errors call the command that builds. */
  readonly command: string;
  /** Puts into a recipe's folder what the builder wants besides. */
  readonly prepare?: (folder: string) => void;
}

/** Minutes would be a hang; a machine that is busy takes some seconds. */
const PATIENCE = { timeout: 60_000 };
/** Everything that a shell, apptainer or an API may take for its own, but the colon that ends a path in lists of them. */
const ODD_NAME = '-it\'s $(touch x) `y` "q" & $HOME ü; a,c=d%s*?[1] \\n {{ x }}';
const SECRETS = {
  AWS_SECRET_ACCESS_KEY: "hunter2-aws",
  GITHUB_TOKEN: "hunter2-github",
  APPTAINER_DOCKER_PASSWORD: "hunter2-docker",
  SINGULARITY_ENCRYPTION_PASSPHRASE: "hunter2-phrase",
};

const GREETING = `Bootstrap: localimage
From: base.sif

%files
    greeting.txt /greeting.txt

%post
    echo "the recipe's own words"

%runscript
    read -r line < /greeting.txt
    echo "the recipe says $line"

%test
    echo "tested"
`;

/** What every builder does, with the real apptainer. `setup` is called in each test. */
export function builderContract(
  name: string,
  setup: () => BuilderUnderTest | Promise<BuilderUnderTest>,
): void {
  const reason = whyNoApptainer();
  describe.skipIf(reason !== undefined)(`${name} as a builder${because(reason)}`, () => {
    test("makes the image of a recipe, whose paths are relative to its folder", PATIENCE, async () => {
      const builder = await setup();
      const { job, logText } = newJob(builder, GREETING);
      const version = await (await builder.open(process.env)).build(job);
      expect(version).toEqual({
        name: builder.name,
        ...(builder.version !== undefined && { version: builder.version }),
      });
      expect(await outputOfImage(job.image)).toBe("the recipe says hello\n");
      expect(await logText()).toMatch(/the recipe's own words[\s\S]*tested/);
    });

    test("takes folders and recipes whose names are made for shells", PATIENCE, async () => {
      const builder = await setup();
      const { job } = newJob(builder, GREETING, { folder: ODD_NAME, recipe: "-Singularity.$(x)$HOME '" });
      await (await builder.open(process.env)).build(job);
      expect(await outputOfImage(job.image)).toBe("the recipe says hello\n");
      expect(existsSync(join(job.folder, "x"))).toBe(false);
    });

    test(
      "names the command that failed with the last lines of its log, and leaves no image",
      PATIENCE,
      async () => {
        const builder = await setup();
        const recipe = GREETING.replace("%runscript", "    echo about to fail >&2\n    exit 7\n\n%runscript");
        const { job } = newJob(builder, recipe);
        const error = await failureOf(await builder.open(process.env), job);
        expect(error.command).toBe(builder.command);
        expect(error.status).toBe(255);
        expect(error.message).toContain(`vanessa/greeting:latest: ${builder.command} ended with status 255`);
        expect(error.message).toContain("about to fail\n");
        expect(error.lastLines.length).toBeLessThanOrEqual(20);
        expect(existsSync(job.image)).toBe(false);
      },
    );

    test("refuses an image whose own test fails", PATIENCE, async () => {
      const builder = await setup();
      const { job } = newJob(builder, `${GREETING}    echo no good\n    exit 3\n`);
      const error = await failureOf(await builder.open(process.env), job);
      expect(error).toMatchObject({ command: "apptainer test", status: 3 });
      expect(error.message).toContain("no good");
      expect(existsSync(job.image)).toBe(false);
    });

    test("ends a build that hangs, with everything that it started", PATIENCE, async () => {
      const builder = await setup();
      const place = temporaryFolder();
      const hang = `%setup\n    trap '' TERM\n    sleep 300 &\n    echo "$$ $!" > '${place}/pids'\n    while true; do sleep 1; done\n`;
      const stop = new AbortController();
      const { job } = newJob(builder, `${GREETING}\n${hang}`, { signal: stop.signal });
      const failure = failureOf(await builder.open(process.env), job);
      const pids = await vi.waitFor(() => pidsIn(join(place, "pids")), { timeout: 30_000, interval: 20 });
      stop.abort(new Error("its 120 minutes are over"));
      expect((await failure).message).toContain("it was stopped: its 120 minutes are over");
      await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000, interval: 20 });
      expect(existsSync(job.image)).toBe(false);
    });

    test("shows a recipe no secrets of the environment", PATIENCE, async () => {
      const builder = await setup();
      const recipe = `${GREETING}    export -p\n\n%setup\n    export -p\n`.replace(
        "%runscript",
        "    export -p\n\n%runscript",
      );
      const { job, logText } = newJob(builder, recipe);
      await (await builder.open({ ...process.env, ...SECRETS })).build(job);
      const text = await logText();
      expect(text.match(/^.*\bPATH=/gm)?.length).toBeGreaterThanOrEqual(3);
      expect(text).not.toContain("hunter2");
    });

    test("leaves alone what is at the image's place", PATIENCE, async () => {
      const builder = await setup();
      const { job } = newJob(builder, GREETING);
      writeFileSync(job.image, "precious");
      await expect((await builder.open(process.env)).build(job)).rejects.toThrow("already");
      expect(readFileSync(job.image, "utf8")).toBe("precious");
    });
  });
}

interface JobOptions {
  /** The name of the recipe's folder. */
  readonly folder?: string;
  /** The name of the recipe. */
  readonly recipe?: string;
  readonly signal?: AbortSignal;
}

/** A job with a recipe, a base image and a text beside it; and all that its log says in the end. */
export function newJob(
  { prepare }: Pick<BuilderUnderTest, "prepare">,
  definition: string,
  { folder = "latest", recipe = "Singularity", signal = new AbortController().signal }: JobOptions = {},
): { job: BuildJob; logText: () => Promise<string> } {
  const root = temporaryFolder();
  const place = join(root, folder);
  for (const path of [place, join(root, "temporary")]) mkdirSync(path);
  copyFileSync(EXAMPLE_IMAGE, join(place, "base.sif"));
  writeFileSync(join(place, "greeting.txt"), "hello\n");
  writeFileSync(join(place, recipe), definition);
  prepare?.(place);
  const log = BuildLog.open(join(root, "log.gz"));
  onTestFinished(() => log.close());
  const job: BuildJob = {
    reference: parseReference("vanessa/greeting:latest"),
    recipe: join(place, recipe),
    folder: place,
    image: join(root, "image.sif"),
    temporary: join(root, "temporary"),
    log,
    signal,
  };
  const logText = async () => {
    await log.close();
    return gunzipSync(readFileSync(join(root, "log.gz"))).toString();
  };
  return { job, logText };
}

/** The smallest image of the example registry. */
export const EXAMPLE_IMAGE = smallestImage();

function smallestImage(): string {
  const folder = join(PROJECT, "images/sha256");
  const [smallest] = readdirSync(folder)
    .map((name) => join(folder, name))
    .sort((one, other) => statSync(one).size - statSync(other).size);
  if (smallest === undefined) throw new Error("the example registry has no image");
  return smallest;
}

async function outputOfImage(image: string): Promise<string> {
  return (await promisify(execFile)("apptainer", ["run", image], { timeout: 30_000 })).stdout;
}

/** How a build fails; a build that does not is a mistake. */
export async function failureOf(builder: Builder, job: BuildJob): Promise<BuildError> {
  const error: unknown = await builder.build(job).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BuildError) return error;
  throw new Error("the build did not fail as a build fails", { cause: error });
}

/** The processes that a recipe says it is. */
export function pidsIn(path: string): number[] {
  const pids = readFileSync(path, "utf8").trim().split(" ").map(Number);
  expect(pids).toHaveLength(2);
  return pids;
}

/** A process that ended and that nobody has asked about is dead, too. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
