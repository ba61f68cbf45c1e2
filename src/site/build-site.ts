import { type SiteAddress, siteAddress } from "../address.ts";
import { StowageError, messageOf, systemCode } from "../errors.ts";
import { refuseFindings } from "../registry/findings-error.ts";
import type { Registry } from "../registry/model.ts";
import { publicRegistry, scanRegistry, type ScanOptions } from "../registry/scan.ts";
import { renderPages } from "./eleventy.ts";
import { registryPages } from "./pages.ts";
import { Staging } from "./staging.ts";
import { siteFiles } from "./site-files.ts";
import { pageDrawer } from "./templates.ts";

export interface BuildSiteOptions extends ScanOptions {
  /** The folder of the site. It is replaced as a whole, and only if Stowage wrote it. */
  readonly out: string;
  /** Where the site will answer; default: what registry.yml says, else a host's root. */
  readonly url?: string;
  /** Findings fail the build, and nothing is written. */
  readonly isStrict?: boolean;
}

export interface BuiltSite {
  readonly registry: Registry;
  readonly address: SiteAddress;
  readonly fileCount: number;
}

/**
 * Builds the site of a registry: scan, then every endpoint, asset, image and page into a folder beside the old
 * site, then the exchange. On any error the old site stays as it was.
 */
export async function buildSite(options: BuildSiteOptions): Promise<BuiltSite> {
  const registry = scanRegistry(options);
  const address = siteAddress(options.url ?? registry.config.url);
  if (options.isStrict) refuseFindings(registry);
  const staging = Staging.open(options.out);
  try {
    await writeSite(publicRegistry(registry), address, options.root, staging);
    await staging.commit();
  } catch (error) {
    await staging.discard();
    throw outputError(error, options.out);
  }
  return { registry, address, fileCount: staging.fileCount };
}

/** What the operating system refuses (no space, no permission) is no bug of ours. */
function outputError(error: unknown, out: string): unknown {
  if (error instanceof StowageError || systemCode(error) === undefined) return error;
  return new StowageError("output", `${out}: cannot be written: ${messageOf(error)}`, { cause: error });
}

async function writeSite(
  registry: Registry,
  address: SiteAddress,
  root: string,
  staging: Staging,
): Promise<void> {
  for (const file of siteFiles(registry, address, root)) staging.add(file);
  const draw = pageDrawer(root, registry.config, address);
  await renderPages(registryPages(registry, address), draw, (path, html) =>
    staging.add({ path, source: { body: html } }),
  );
}
