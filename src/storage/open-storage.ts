import type { StorageConfig } from "../registry/config.ts";
import type { Storage, StorageContext } from "./storage.ts";

/**
 * The storage that registry.yml names. Each kind is loaded when it is asked for: the clients of the large services
 * take longer to load than most commands take. Throws StowageError ("storage") where something is missing that can be
 * known without asking the service.
 */
export async function openStorage(config: StorageConfig, context: StorageContext): Promise<Storage> {
  switch (config.kind) {
    case "directory":
      return (await import("./directory.ts")).openDirectory(config, context);
    case "s3":
      return (await import("./s3.ts")).openS3(config, context);
    case "gcs":
      return (await import("./gcs.ts")).openGcs(config, context);
    case "github-release":
      return (await import("./github-release.ts")).openGithubRelease(config, context);
    case "oras":
      return (await import("./oras.ts")).openOras(config, context);
    case "circleci-artifacts":
      break;
  }
  return (await import("./circleci-artifacts.ts")).openCircleciArtifacts(config, context);
}
