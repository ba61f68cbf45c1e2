import type { Finding } from "../finding.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { publicRegistry } from "../registry/scan.ts";
import { checkCollections } from "./check-collections.ts";
import { checkDefinitions } from "./check-definitions.ts";
import { checkGitSizes } from "./check-git-sizes.ts";
import { checkImageConflicts } from "./check-image-conflicts.ts";
import { checkKeys } from "./check-keys.ts";
import { checkLegacyRecords } from "./check-legacy-records.ts";
import { type LinkSight, checkLinks } from "./check-links.ts";
import { checkNames } from "./check-names.ts";
import { checkOwners } from "./check-owners.ts";
import { checkRecords } from "./check-records.ts";
import { checkSite } from "./check-site.ts";
import type { ReadSource } from "./sources.ts";

export interface CheckOptions {
  /** An ISO day, by which bases get updates or do not. */
  readonly today: string;
  readonly readSource: ReadSource;
  readonly links: LinkSight;
}

/**
 * Every standing rule about a registry and the site of its public part, whatever a pull request changes: what the scan
 * found, then one rule after the other.
 *
 *     [...checkRegistry(registry, site, options)]   // [{ code: "no-latest", file: "registry/lab/tool", … }, …]
 */
export function* checkRegistry(registry: Registry, site: Site, options: CheckOptions): Iterable<Finding> {
  const { today, readSource, links } = options;
  const served = publicRegistry(registry);
  yield* registry.findings;
  yield* checkSite(served, site);
  yield* checkNames(served, site);
  yield* checkLinks(served, links, readSource);
  yield* checkCollections(registry, readSource);
  yield* checkOwners(registry, readSource);
  yield* checkKeys(registry, readSource);
  yield* checkDefinitions(registry, today);
  yield* checkRecords(registry);
  yield* checkLegacyRecords(registry, readSource);
  yield* checkImageConflicts(registry, readSource);
  yield* checkGitSizes(registry, site);
}
