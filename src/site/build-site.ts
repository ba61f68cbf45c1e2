import { SiteTally, checkSite } from "../check/check-site.ts";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { readHistory, withoutPast } from "../history/read-history.ts";
import { type Site, type SiteOptions, siteOf } from "../protocols/site.ts";
import { refuseFindings } from "../registry/findings-error.ts";
import type { Registry } from "../registry/model.ts";
import { publicRegistry, scanRegistry, type ScanOptions } from "../registry/scan.ts";
import { renderPages } from "./eleventy.ts";
import { registryPages } from "./pages.ts";
import { type SiteFile, Staging } from "./staging.ts";
import { siteFiles } from "./site-files.ts";
import { pageDrawer } from "./templates.ts";

export interface BuildSiteOptions extends ScanOptions, SiteOptions {
  /** The folder of the site. It is replaced as a whole, and only if Stowage wrote it. */
  readonly out: string;
  /** Findings fail the build, and nothing is written. */
  readonly isStrict?: boolean;
  /** Git is not asked; versions are what the records of the tree tell. */
  readonly leavesOutHistory?: boolean;
}

export interface BuiltSite {
  readonly registry: Registry;
  readonly site: Site;
  readonly fileCount: number;
  /** What is wrong with the registry, and what the site cannot do. */
  readonly findings: readonly Finding[];
}

/**
 * Builds the site of a registry: scan and history, then every endpoint, asset, image and page into a folder beside the old
 * site, then the exchange. On any error the old site stays as it was.
 */
export async function buildSite(options: BuildSiteOptions): Promise<BuiltSite> {
  const registry = scanRegistry(options);
  const served = publicRegistry(registry);
  const history = options.leavesOutHistory
    ? withoutPast(served, "left-out")
    : await readHistory(options, served);
  try {
    return await buildServed(registry, served, siteOf(served, { ...options, history }), options);
  } finally {
    history.close();
  }
}

async function buildServed(
  registry: Registry,
  served: Registry,
  site: Site,
  options: BuildSiteOptions,
): Promise<BuiltSite> {
  const findings = [...registry.findings, ...checkSite(served, site)];
  if (options.isStrict) refuseFindings(findings);
  const staging = Staging.open(options.out);
  try {
    const tally = await writeSite(served, site, options.root, staging);
    findings.push(...tally.findings(site.host));
    if (options.isStrict) refuseFindings(findings);
    await staging.commit();
  } catch (error) {
    await staging.discard();
    throw outputError(error, options.out);
  }
  return { registry, site, fileCount: staging.fileCount, findings };
}

/** What the operating system refuses (no space, no permission) is no bug of ours. */
function outputError(error: unknown, out: string): unknown {
  if (error instanceof StowageError || systemCode(error) === undefined) return error;
  return new StowageError("output", `${out}: cannot be written: ${messageOf(error)}`, { cause: error });
}

async function writeSite(registry: Registry, site: Site, root: string, staging: Staging): Promise<SiteTally> {
  const tally = new SiteTally();
  for (const file of siteFiles(registry, site, root)) {
    staging.add(file);
    tally.add(file.protocol, sizeOf(file, site));
    if (file.redirects !== undefined) tally.redirects = file.redirects;
  }
  const draw = pageDrawer(root, registry.config, site);
  await renderPages(registryPages(registry, site), draw, (path, html) => {
    staging.add({ path, source: { body: html } });
    tally.add(undefined, Buffer.byteLength(html));
  });
  return tally;
}

/** In bytes; what a registry adds to its look is not counted. */
function sizeOf({ path, source }: SiteFile, { images }: Site): number {
  if ("body" in source) return Buffer.byteLength(source.body);
  return images.get("sameAs" in source ? source.sameAs : path) ?? 0;
}
