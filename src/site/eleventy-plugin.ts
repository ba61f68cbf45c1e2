import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { EleventyConfig } from "@11ty/eleventy";
import { readHistory } from "../history/read-history.ts";
import { siteOf } from "../protocols/site.ts";
import { publicRegistry, scanRegistry } from "../registry/scan.ts";
import { addPages, TEMPLATES_DIRECTORY } from "./eleventy.ts";
import { registryPages } from "./pages.ts";
import { siteFiles } from "./site-files.ts";
import { pageDrawer } from "./templates.ts";

export interface EleventyPluginOptions {
  /** The folder of registry.yml. */
  readonly root: string;
  /** Where the site will answer; default: what registry.yml says. */
  readonly url?: string;
}

/**
 * An Eleventy configuration for people who run `eleventy` themselves: Eleventy draws and writes the pages, and the
 * rest of the site is written when it is done. `stowage site` does the same in one exchange of folders.
 */
export function eleventyPlugin({
  root,
  url,
}: EleventyPluginOptions): (config: EleventyConfig) => Promise<{ dir: { input: string } }> {
  return async (config) => {
    const registry = publicRegistry(scanRegistry({ root }));
    const history = await readHistory({ root }, registry);
    const site = siteOf(registry, { ...(url !== undefined && { url }), history });
    addPages(config, [...registryPages(registry, site)], pageDrawer(root, registry.config, site));
    config.on("eleventy.after", ({ directories }) => {
      for (const { path, source } of siteFiles(registry, site, root)) {
        const target = join(directories.output, path);
        mkdirSync(dirname(target), { recursive: true });
        if ("body" in source) writeFileSync(target, source.body);
        else copyFileSync("file" in source ? source.file : join(directories.output, source.sameAs), target);
      }
      history.close();
    });
    return { dir: { input: TEMPLATES_DIRECTORY } };
  };
}
