import type { BuilderConfig } from "../registry/config.ts";

export type GoogleConfig = Extract<BuilderConfig, { kind: "google-cloud-build" }>;

/** Minutes; what registry.yml has by default. */
const TIMEOUT = 120;
const BUILDER_IMAGE = "ghcr.io/apptainer/apptainer:1.4.5";

/** Where the objects of one build lie, and what its files are called. */
export interface GoogleFiles {
  /** `stowage/<uuid>`: everything below is taken away afterwards. */
  readonly prefix: string;
  /** The recipe's name in the folder that is handed over. */
  readonly recipe: string;
  /** The image's name there; no file of a registry is called so. */
  readonly image: string;
}

/** The container image that builds. */
function builderImageOf({ image = BUILDER_IMAGE }: GoogleConfig): string {
  return image;
}

/** Its tag or digest: `1.4.5`. */
export function builderVersionOf(config: GoogleConfig): string | undefined {
  const last = builderImageOf(config).split("/").at(-1) ?? "";
  const mark = last.indexOf("@") === -1 ? last.indexOf(":") : last.indexOf("@");
  return mark === -1 ? undefined : last.slice(mark + 1);
}

/** The object that the folder is handed over in. */
export function sourceObject({ prefix }: GoogleFiles): string {
  return `${prefix}/source.tar.gz`;
}

/** The object that the image comes back in. */
export function imageObject({ prefix, image }: GoogleFiles): string {
  return `${prefix}/${image}`;
}

/** The object that Cloud Build writes its log to. */
export function logObject({ prefix }: GoogleFiles, build: string): string {
  return `${prefix}/log-${build}.txt`;
}

/** The `Build` that is asked for: the steps of the builder `apptainer`, as root of a machine that is gone afterwards. */
export function buildRequest(config: GoogleConfig, files: GoogleFiles) {
  const place = `gs://${config.bucket}/${files.prefix}`;
  const image = `./${files.image}`;
  const account = config["service-account"];
  return {
    source: { storageSource: { bucket: config.bucket, object: sourceObject(files) } },
    steps: [
      step(config, "build", ["--notest", image, `./${withoutSubstitutions(files.recipe)}`]),
      step(config, "test", [image]),
    ],
    timeout: `${(config.timeout ?? TIMEOUT) * 60}s`,
    artifacts: { objects: { location: `${place}/`, paths: [files.image] } },
    logsBucket: place,
    options: { logging: "GCS_ONLY" },
    tags: ["stowage"],
    ...(account !== undefined && { serviceAccount: `projects/${config.project}/serviceAccounts/${account}` }),
  };
}

function step(config: GoogleConfig, verb: string, args: readonly string[]) {
  return { id: verb, name: builderImageOf(config), entrypoint: "apptainer", args: [verb, ...args] };
}

/** Cloud Build puts values in place of `$NAME`; `$$` is a plain `$`. */
function withoutSubstitutions(text: string): string {
  return text.replaceAll("$", "$$$$");
}
