import { existsSync, realpathSync } from "node:fs";
import { join, sep } from "node:path";
import { StowageError } from "../errors.ts";
import type { HostName } from "../host.ts";
import { memberOf } from "../json.ts";
import { readTextFile, statsOf, withoutByteOrderMark } from "../read-file.ts";
import { validate } from "./schema.ts";
import { YamlError, lineOfPath, parseYamlMapping } from "./yaml.ts";

const CONFIG_FILE = "registry.yml";
const LARGEST_CONFIG = 1024 * 1024;

/** The ways of pulling that can be switched off; plain downloads always work. */
export const PROTOCOLS = ["shub", "sregistry", "labels", "library", "oci", "keys"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A protocol that registry.yml names. */
interface ProtocolSwitch {
  readonly isOn: boolean;
  /** Where in registry.yml. */
  readonly line: number;
}

/** Where images are kept. Secrets come from the environment, never from a file. */
export type StorageConfig =
  | { readonly kind: "directory" }
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly region?: string;
      readonly endpoint?: string;
      readonly "path-style"?: boolean;
      readonly prefix?: string;
      readonly url?: string;
    }
  | {
      readonly kind: "gcs";
      readonly bucket: string;
      readonly endpoint?: string;
      readonly prefix?: string;
      readonly url?: string;
    }
  | { readonly kind: "github-release"; readonly repository?: string; readonly api?: string }
  | { readonly kind: "oras"; readonly repository: string; readonly "plain-http"?: boolean }
  | { readonly kind: "circleci-artifacts" };

/** What builds images; `timeout` is in minutes. */
export type BuilderConfig =
  | { readonly kind: "apptainer"; readonly timeout?: number }
  | { readonly kind: "script"; readonly timeout?: number }
  | {
      readonly kind: "google-cloud-build";
      readonly project: string;
      readonly bucket: string;
      readonly region?: string;
      readonly image?: string;
      readonly timeout?: number;
      readonly endpoint?: string;
      readonly "storage-endpoint"?: string;
      readonly "service-account"?: string;
    }
  | { readonly kind: "none" };

/** registry.yml: everything in it is optional, and so is the file. */
export interface Config {
  readonly title: string;
  readonly description?: string;
  /** Where the site answers, as the maintainer wrote it. */
  readonly url?: string;
  readonly repository?: string;
  readonly contact?: string;
  /** The tree's folder, relative to registry.yml; undefined: `registry` if it is there. */
  readonly tree?: string;
  /** What will serve the site; undefined: GitHub Pages. */
  readonly host?: HostName;
  readonly storage: StorageConfig;
  readonly builder: BuilderConfig;
  /** A protocol that is not named here is offered where it can work. */
  readonly protocols: Readonly<Partial<Record<Protocol, ProtocolSwitch>>>;
  /** Groups of owners, and who is in them; undefined: anybody may be an owner. */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  readonly theme: {
    readonly accent?: string;
    readonly logo?: string;
    /** How close rows stand; undefined: comfortable. */
    readonly density?: "comfortable" | "compact";
  };
}

const DEFAULT_CONFIG: Config = {
  title: "Container registry",
  storage: { kind: "directory" },
  builder: { kind: "apptainer" },
  protocols: {},
  theme: {},
};

/** Reads `root`/registry.yml. A mistake in it is the maintainer's own: it throws with the line, and nothing is built. */
export function readConfig(root: string): Config {
  if (!statsOf(root)?.isDirectory()) {
    throw new StowageError("usage", `no folder at ${root}; name the one where registry.yml is with --root`);
  }
  const path = join(root, CONFIG_FILE);
  if (!existsSync(path)) return DEFAULT_CONFIG;
  const file = readTextFile(path, LARGEST_CONFIG);
  if ("problem" in file) {
    throw new StowageError("config", `cannot be read (${file.problem})`, { place: { file: CONFIG_FILE } });
  }
  const text = withoutByteOrderMark(file.text);
  const config = parseConfig(text);
  requireAddresses(config, text);
  requireLogo(root, config, text);
  return config;
}

/** What looks like an address to a schema may have a port or a host that none has (`https://[`). */
function requireAddresses({ url, repository, storage, builder }: Config, text: string): void {
  const registry = storage.kind === "oras" ? `https://${storage.repository}` : undefined;
  const addresses: readonly (readonly [path: readonly string[], address: unknown])[] = [
    [["url"], url],
    [["repository"], repository],
    [["storage", "repository"], registry],
    ...["url", "endpoint", "api"].map((key) => [["storage", key], memberOf(storage, key)] as const),
    ...["endpoint", "storage-endpoint"].map((key) => [["builder", key], memberOf(builder, key)] as const),
  ];
  for (const [path, address] of addresses) {
    if (typeof address !== "string" || URL.canParse(address)) continue;
    throw new StowageError("config", `${path.join(".")} is no address; mend its host or port`, {
      place: { file: CONFIG_FILE, line: lineOfPath(text, path) },
    });
  }
}

/** The logo is published, so it must be a file of the registry, not what a link in it leads to. */
function requireLogo(root: string, { theme: { logo } }: Config, text: string): void {
  if (logo === undefined) return;
  const file = realPath(join(root, logo));
  const isInside = file?.startsWith(`${realPath(root)}${sep}`);
  if (file !== undefined && isInside && statsOf(file)?.isFile()) return;
  throw new StowageError("config", `theme.logo names ${logo}, which is no file of this registry`, {
    place: { file: CONFIG_FILE, line: lineOfPath(text, ["theme", "logo"]) },
  });
}

function realPath(path: string): string | undefined {
  return existsSync(path) ? realpathSync(path) : undefined;
}

/** The configuration in the text of a registry.yml. Throws StowageError with the line of the first mistake. */
function parseConfig(text: string): Config {
  const data = parseMapping(text);
  const [issue] = validate("registry", data);
  if (issue) {
    const key = issue.path.join(".");
    const what = issue.isUnknownKey ? `unknown key ${key}` : `${key || "the file"} is not right`;
    throw new StowageError("config", `${what}; expected ${issue.expected}`, {
      place: { file: CONFIG_FILE, line: lineOfPath(text, issue.path) },
    });
  }
  const { protocols, ...rest } = data as Partial<Config> & { protocols?: Record<string, boolean> };
  return { ...DEFAULT_CONFIG, ...rest, protocols: protocolSwitches(text, protocols) };
}

function protocolSwitches(
  text: string,
  protocols: Readonly<Record<string, boolean>> = {},
): Config["protocols"] {
  return Object.fromEntries(
    Object.entries(protocols).map(([name, isOn]) => [
      name,
      { isOn, line: lineOfPath(text, ["protocols", name]) },
    ]),
  );
}

function parseMapping(text: string): Record<string, unknown> {
  try {
    return parseYamlMapping(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new StowageError("config", `not YAML: ${error.message}`, {
      place: { file: CONFIG_FILE, line: error.line },
    });
  }
}
