import { existsSync } from "node:fs";
import { join } from "node:path";
import nunjucks from "nunjucks";
import { StowageError, messageOf } from "../errors.ts";
import type { Site } from "../protocols/site.ts";
import type { Config } from "../registry/config.ts";
import { type DrawPage, TEMPLATES_DIRECTORY } from "./eleventy.ts";
import { SEARCH_PATH } from "../endpoints/paths.ts";
import { ICON_PATH, hasThemeStyles, logoPath } from "./assets.ts";
import { href } from "./links.ts";
import { navigation } from "./navigation.ts";

/** The folder of templates that a registry keeps beside registry.yml; a file in it replaces ours of the same name. */
const OVERRIDES_FOLDER = "templates";

/** The look of a registry: its templates first, ours behind. Every value is escaped unless a view says it is HTML. */
export function pageDrawer(root: string, config: Config, site: Site): DrawPage {
  const folders = templateFolders(root);
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(folders), { autoescape: true });
  environment.addFilter("jsonLd", jsonLd);
  const global = {
    title: config.title,
    description: config.description,
    repository: config.repository,
    contact: config.contact,
    url: site.url,
    base: site.basePath,
    logo: href(site, config.theme.logo === undefined ? ICON_PATH : logoPath(config.theme.logo)),
    searchHref: href(site, SEARCH_PATH),
    navigationHtml: navigation(site),
    hasTheme: hasThemeStyles(config.theme),
    hasHealth: site.health !== undefined,
  };
  return (page) => {
    try {
      return environment.render(page.template, { site: global, page: page.view() });
    } catch (error) {
      throw new StowageError("config", `template ${page.template}: ${messageOf(error)}`, { cause: error });
    }
  };
}

/** A value as the text of a script element that no browser runs: no text in it can end the element. */
function jsonLd(value: unknown): nunjucks.runtime.SafeString {
  return new nunjucks.runtime.SafeString(JSON.stringify(value).replaceAll("<", "\\u003c"));
}

/** Where templates and assets are looked for, first come first served. */
export function templateFolders(root: string): string[] {
  const overrides = join(root, OVERRIDES_FOLDER);
  return existsSync(overrides) ? [overrides, TEMPLATES_DIRECTORY] : [TEMPLATES_DIRECTORY];
}
