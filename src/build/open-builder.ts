import { StowageError } from "../errors.ts";
import type { BuilderConfig } from "../registry/config.ts";
import type { Builder } from "./builder.ts";

/** What opening a builder may look at. */
export interface BuilderContext {
  /** Where proxies, folders and tokens stand; the programs of a build see only what they need of it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names of variables that the programs of a build shall see besides. A recipe can print them: no secrets. */
  readonly passOn?: readonly string[];
}

/**
 * Makes the builder that registry.yml asks for. Throws StowageError ("build") where its program is missing, and
 * ("config") where nothing is built here.
 *
 *     const builder = await openBuilder({ kind: "apptainer" }, { env: process.env });
 *     const { name, version } = await builder.build(job);
 */
// oxlint-disable-next-line typescript/consistent-return -- every kind has its case
export async function openBuilder(config: BuilderConfig, context: BuilderContext): Promise<Builder> {
  switch (config.kind) {
    case "apptainer":
      return (await import("./apptainer.ts")).openApptainer(context);
    case "script":
      return (await import("./script.ts")).openScript(context);
    case "google-cloud-build":
      return (await import("./google-cloud-build.ts")).openGoogleCloudBuild(config, context);
    case "none":
      throw new StowageError(
        "config",
        "builder: this registry builds nothing (kind: none), it only receives records; use stowage push, or name a builder",
        { place: { file: "registry.yml" } },
      );
  }
}
