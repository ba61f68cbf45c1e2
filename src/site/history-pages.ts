import {
  CHANGES_PATH,
  COMPARE_PATH,
  digestPath,
  olderChangesPath,
  tagHistoryPath,
} from "../endpoints/paths.ts";
import type { CollectionHistory } from "../history/history.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { changesView, pageCount } from "./changes-view.ts";
import { compareView } from "./compare-view.ts";
import { digestView } from "./digest-view.ts";
import { historyView } from "./history-view.ts";
import type { Page } from "./page.ts";

/** The pages about the past: what is new, what each tag pointed to, every image by its digest, and any two of them. */
export function* historyPages({ config }: Registry, site: Site): Iterable<Page> {
  const { repository } = config;
  yield { path: COMPARE_PATH, template: "compare.njk", view: () => compareView(site) };
  for (let page = 1; page <= pageCount(site); page++) {
    yield {
      path: page === 1 ? CHANGES_PATH : olderChangesPath(page),
      template: "changes.njk",
      view: () => changesView(page, site, repository),
    };
  }
  for (const history of site.history.collections.values()) yield* pagesOf(history, site, repository);
}

function* pagesOf(history: CollectionHistory, site: Site, repository: string | undefined): Iterable<Page> {
  const { name, tags, versions, paged } = history;
  for (const tag of tags.values()) {
    yield {
      path: tagHistoryPath(name, tag.name),
      template: "history.njk",
      view: () => historyView(history, tag, site, repository),
    };
  }
  for (const version of versions.values()) {
    if (!paged.has(version.digest)) continue;
    yield {
      path: digestPath(name, version.digest),
      template: "digest.njk",
      view: () => digestView(history, version, site, repository),
    };
  }
}
