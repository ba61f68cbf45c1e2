import { fileURLToPath } from "node:url";
import { Eleventy, type EleventyConfig } from "@11ty/eleventy";
import type { Page } from "./pages.ts";

/** Draws one page as HTML. */
export type DrawPage = (page: Page) => string;

/** Eleventy's input: our templates alone, never the registry. */
export const TEMPLATES_DIRECTORY = fileURLToPath(new URL("../../templates", import.meta.url));

/**
 * Pages that one Eleventy instance draws. It keeps some 8 kB a page until it is done, and starts in a few
 * milliseconds: at 1000, 60,000 pages take a third of the memory and less time than in one go (docs/performance.md).
 */
const BATCH_SIZE = 1000;

/** Stands for a page in Eleventy's memory once it has been handed on. */
const HANDED_ON = " ";

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
  let failure: unknown;
  const drawAndWrite = (page: Page) => {
    try {
      write(outputPathOf(page), draw(page));
    } catch (error) {
      failure ??= error;
      throw error;
    }
    return HANDED_ON;
  };
  for (const batch of batches(pages, BATCH_SIZE)) {
    const eleventy = new Eleventy(TEMPLATES_DIRECTORY, "_site", {
      quietMode: true,
      configPath: false,
      dryRun: true,
      config: (config) => addPages(config, batch, drawAndWrite),
    });
    eleventy.disableLogger();
    await eleventy.init();
    await eleventy.write().catch((error: unknown) => {
      // Eleventy wraps what a template throws in words of its own.
      throw failure ?? error;
    });
  }
}

/** Adds pages to an Eleventy configuration: one paginated template, a page an item, drawn by `draw`. */
export function addPages(config: EleventyConfig, pages: readonly Page[], draw: DrawPage): void {
  config.setUseGitIgnore(false);
  config.ignores.clear();
  config.setTemplateFormats(["11ty.js"]);
  config.addTemplate(
    "pages.11ty.js",
    { render: ({ pagination }: PageData) => draw(itemOf(pagination)) },
    {
      pages: pages.map((page) => new Item(page)),
      pagination: { data: "pages", size: 1 },
      permalink: ({ pagination }: PageData) => outputPathOf(itemOf(pagination)),
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
  readonly pagination: { readonly items: readonly [Item] };
}

function itemOf({ items }: PageData["pagination"]): Page {
  return items[0].page;
}

function outputPathOf({ path }: Page): string {
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

function* batches<T>(items: Iterable<T>, size: number): Iterable<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
