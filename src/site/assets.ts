import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import fastGlob from "fast-glob";
import type { Config } from "../registry/config.ts";
import { diffAsset } from "./diff-asset.ts";
import type { SiteFile } from "./staging.ts";
import { themeCss, themedIcon } from "./theme.ts";

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
  const { logo } = config.theme;
  if (logo !== undefined)
    assets.set(logoPath(logo), { path: logoPath(logo), source: { file: join(root, logo) } });
  for (const file of themeFiles(config, folders)) assets.set(file.path, file);
  return [...assets.values()];
}

const THEME_PATH = `${ASSETS_FOLDER}/theme.css`;
export const ICON_PATH = `${ASSETS_FOLDER}/icon.svg`;

/** Whether there is a stylesheet of what registry.yml says. */
export function hasThemeStyles(theme: Config["theme"]): boolean {
  return themeCss(theme) !== undefined;
}

/** The colours of registry.yml: as a stylesheet, and in our icon where the registry has none of its own. */
function* themeFiles({ theme }: Config, folders: readonly string[]): Iterable<SiteFile> {
  const css = themeCss(theme);
  if (css !== undefined) yield { path: THEME_PATH, source: { body: css } };
  const icon = folders.map((folder) => join(folder, ICON_PATH)).find(existsSync);
  if (theme.accent === undefined || icon === undefined) return;
  yield { path: ICON_PATH, source: { body: themedIcon(readFileSync(icon, "utf8"), theme.accent) } };
}

/** The logo under a name of ours, since the maintainer's may be anything. */
export function logoPath(logo: string): string {
  return `${ASSETS_FOLDER}/logo${extname(logo).toLowerCase()}`;
}
