import { existsSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import fastGlob from "fast-glob";
import nunjucks from "nunjucks";
import type { SiteAddress } from "../address.ts";
import { StowageError, messageOf } from "../errors.ts";
import type { Config } from "../registry/config.ts";
import { type DrawPage, TEMPLATES_DIRECTORY } from "./eleventy.ts";

/** The folder of templates that a registry keeps beside registry.yml; a file in it replaces ours of the same name. */
export const OVERRIDES_FOLDER = "templates";
const ASSETS_FOLDER = "assets";

/** A file that the site serves as it is. */
export interface Asset {
  /** Relative to the site: `assets/style.css`. */
  readonly path: string;
  /** The file, or the text that it holds. */
  readonly source: { readonly file: string } | { readonly text: string };
}

/** The look of a registry: its templates first, ours behind. Every value is escaped unless a view says it is HTML. */
export function pageDrawer(root: string, config: Config, site: SiteAddress): DrawPage {
  const folders = templateFolders(root);
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(folders), { autoescape: true });
  const global = {
    title: config.title,
    description: config.description,
    repository: config.repository,
    contact: config.contact,
    url: site.url,
    base: site.basePath,
    logo: config.theme.logo && `${site.basePath}${logoPath(config.theme.logo)}`,
    hasTheme: config.theme.accent !== undefined,
  };
  return (page) => {
    try {
      return environment.render(page.template, { site: global, page: page.view() });
    } catch (error) {
      throw new StowageError("config", `template ${page.template}: ${messageOf(error)}`, { cause: error });
    }
  };
}

/** Every asset once: the registry's files in templates/assets before ours, its logo, and its colours. */
export function siteAssets(root: string, config: Config): Asset[] {
  const assets = new Map<string, Asset>();
  for (const folder of templateFolders(root)) {
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
  const { logo, accent } = config.theme;
  if (logo !== undefined)
    assets.set(logoPath(logo), { path: logoPath(logo), source: { file: logoFile(root, logo) } });
  if (accent !== undefined) assets.set(THEME_PATH, { path: THEME_PATH, source: { text: themeCss(accent) } });
  return [...assets.values()];
}

const THEME_PATH = `${ASSETS_FOLDER}/theme.css`;

/** In the dark a colour that was chosen for a white page is mixed with white until it can be read. */
function themeCss(accent: string): string {
  return `:root { --accent: light-dark(${accent}, color-mix(in oklab, ${accent} 55%, white)); }\n`;
}

function logoPath(logo: string): string {
  return `${ASSETS_FOLDER}/logo${extname(logo).toLowerCase()}`;
}

function logoFile(root: string, logo: string): string {
  const file = join(root, logo);
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new StowageError("config", `theme.logo names ${logo}, which is no file`, {
    place: { file: "registry.yml" },
  });
}

function templateFolders(root: string): string[] {
  const overrides = join(root, OVERRIDES_FOLDER);
  return existsSync(overrides) ? [overrides, TEMPLATES_DIRECTORY] : [TEMPLATES_DIRECTORY];
}
