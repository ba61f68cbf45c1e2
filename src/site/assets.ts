import { existsSync } from "node:fs";
import { extname, join } from "node:path";
import fastGlob from "fast-glob";
import type { Config } from "../registry/config.ts";
import { diffAsset } from "./diff-asset.ts";
import type { SiteFile } from "./staging.ts";

const ASSETS_FOLDER = "assets";

/** Every asset once: the registry's files in templates/assets before ours, its logo, and its colours. */
export function siteAssets(root: string, config: Config, folders: readonly string[]): SiteFile[] {
  const assets = new Map<string, SiteFile>();
  for (const folder of folders) {
    const directory = join(folder, ASSETS_FOLDER);
    if (!existsSync(directory)) continue;
    const names = fastGlob
      .sync("**/*", { cwd: directory, followSymbolicLinks: false, onlyFiles: true })
      .sort();
    for (const name of names) {
      const path = `${ASSETS_FOLDER}/${name}`;
      if (!assets.has(path)) assets.set(path, { path, source: { file: join(directory, name) } });
    }
  }
  const diff = diffAsset();
  if (!assets.has(diff.path)) assets.set(diff.path, diff);
  const { logo, accent } = config.theme;
  if (logo !== undefined)
    assets.set(logoPath(logo), { path: logoPath(logo), source: { file: join(root, logo) } });
  if (accent !== undefined) assets.set(THEME_PATH, { path: THEME_PATH, source: { body: themeCss(accent) } });
  return [...assets.values()];
}

const THEME_PATH = `${ASSETS_FOLDER}/theme.css`;

/** In the dark a colour that was chosen for a white page is mixed with white until it can be read. */
function themeCss(accent: string): string {
  return `:root { --accent: light-dark(${accent}, color-mix(in oklab, ${accent} 55%, white)); }\n`;
}

/** The logo under a name of ours, since the maintainer's may be anything. */
export function logoPath(logo: string): string {
  return `${ASSETS_FOLDER}/logo${extname(logo).toLowerCase()}`;
}
