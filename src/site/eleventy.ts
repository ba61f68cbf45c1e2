import { fileURLToPath } from "node:url";
import type { EleventyConfig } from "@11ty/eleventy";
import type { Page } from "./page.ts";

/** Draws one page as HTML. */
export type DrawPage = (page: Page) => string;

/** Eleventy's input: our templates alone, never the registry. */
export const TEMPLATES_DIRECTORY = fileURLToPath(new URL("../../templates", import.meta.url));

/**
 * How many pages of a registry make one page of Eleventy's pagination. Eleventy spends about as long on a page as
 * Nunjucks does, and keeps some kilobytes of each until it is done; shared by a hundred, neither is to be seen
 * (docs/performance.md).
 */
const PAGES_AT_ONCE = 100;

/**
 * Draws pages through Eleventy and hands each to `write` with its path below the site, at once, so that no more
 * than one lies in memory. Eleventy itself writes nothing, reads no configuration, no ignore file and no data of
 * the working folder.
 */
export async function renderPages(
  pages: Iterable<Page>,
  draw: DrawPage,
  write: (path: string, html: string) => void,
): Promise<void> {
  const { Eleventy } = await loadEleventy();
  let failure: unknown;
  const drawAll = (items: readonly Page[]) => {
    try {
      for (const page of items) write(outputPathOf(page), draw(page));
    } catch (error) {
      failure ??= error;
      throw error;
    }
    return "";
  };
  const eleventy = new Eleventy(TEMPLATES_DIRECTORY, "_site", {
    quietMode: true,
    configPath: false,
    loader: "esm",
    dryRun: true,
    config: (config) => addTemplate(config, [...pages], PAGES_AT_ONCE, drawAll, () => false),
  });
  eleventy.disableLogger();
  await eleventy.init();
  await eleventy.write().catch((error: unknown) => {
    // Eleventy wraps what a template throws in words of its own.
    throw failure ?? error;
  });
}

/** Adds pages to an Eleventy configuration, for Eleventy to write: one page of its pagination each. */
export function addPages(config: EleventyConfig, pages: readonly Page[], draw: DrawPage): void {
  addTemplate(
    config,
    pages,
    1,
    (items) => items.map(draw).join(""),
    ([page]) => page !== undefined && outputPathOf(page),
  );
}

/** One paginated template, whose body is ours: Eleventy would compile a Nunjucks body anew for every page. */
function addTemplate(
  config: EleventyConfig,
  pages: readonly Page[],
  size: number,
  render: (items: readonly Page[]) => string,
  permalink: (items: readonly Page[]) => string | false,
): void {
  config.setUseGitIgnore(false);
  // The package.json of the working folder is nobody's data here.
  config.on("eleventy.config", (resolved) => (resolved.getConfig().keys.package = false));
  config.ignores.clear();
  config.setTemplateFormats(["11ty.js"]);
  config.addTemplate(
    "pages.11ty.js",
    { render: (data: PageData) => render(pagesOf(data)) },
    {
      pages: pages.map((page) => new Item(page)),
      pagination: { data: "pages", size },
      permalink: (data: PageData) => permalink(pagesOf(data)),
      eleventyExcludeFromCollections: true,
    },
  );
}

/** Eleventy copies plain objects deeply, and leaves instances of a class alone. */
class Item {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }
}

interface PageData {
  readonly pagination: { readonly items: readonly Item[] };
}

function pagesOf({ pagination }: PageData): Page[] {
  return pagination.items.map(({ page }) => page);
}

function outputPathOf({ path }: Page): string {
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

/**
 * Eleventy takes longer to load than all else together, so it is loaded when something is to be drawn. The variable
 * spares the thread that it starts to load changed configuration files anew, of which there are none here.
 */
async function loadEleventy(): Promise<typeof import("@11ty/eleventy")> {
  process.env["ELEVENTY_SKIP_ESM_RESOLVER"] = "1";
  return import("@11ty/eleventy");
}
