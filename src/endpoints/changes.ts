import { utcMoment, uuidOf } from "../feed.ts";
import { groupBy } from "../group-by.ts";
import type { Change, History } from "../history/history.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { escapeXml } from "../xml.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import {
  CHANGES_FEED_PATH,
  CHANGES_JSON_FEED_PATH,
  CHANGES_PATH,
  collectionFeedPath,
  collectionJsonFeedPath,
  collectionPath,
  digestPath,
  tagHistoryPath,
} from "./paths.ts";

/** How many changes a feed tells, the newest. */
const MOST_ENTRIES = 50;

/** What a feed is about, and where it lies. */
interface Feed {
  readonly title: string;
  readonly changes: readonly Change[];
  /** The page for people. */
  readonly page: string;
  readonly path: string;
  readonly jsonPath: string;
  /** What its identifier is made of. */
  readonly key: string;
}

/** What is new, as Atom (RFC 4287) and JSON Feed 1.1: of the registry, and of each collection. */
export function* changesEndpoints({ config, collections }: Registry, site: Site): Iterable<Endpoint> {
  const { changes } = site.history;
  const key = site.url ?? config.title;
  yield* feedEndpoints(
    {
      title: `${config.title}: changes`,
      changes,
      page: CHANGES_PATH,
      path: CHANGES_FEED_PATH,
      jsonPath: CHANGES_JSON_FEED_PATH,
      key,
    },
    site,
  );
  const byCollection = groupBy(changes, ({ collection }) => [collection]);
  for (const { name } of collections) {
    const feed = {
      title: `${name}: changes`,
      changes: byCollection.get(name) ?? [],
      page: collectionPath(name),
      path: collectionFeedPath(name),
      jsonPath: collectionJsonFeedPath(name),
      key: `${key}\n${name}`,
    };
    yield* feedEndpoints(feed, site);
  }
}

/** `lab/tool:1.0 was rebuilt` */
function changeTitle({ kind, collection, tag }: Change): string {
  return tag === undefined ? `${collection} is ${kind}` : `${collection}:${tag} was ${kind}`;
}

/** The page that tells more: of the image, else of the tag's past, else of the collection. */
function changePath({ collection, tag, digest }: Change, { collections }: History): string {
  if (digest !== undefined && collections.get(collection)?.paged.has(digest))
    return digestPath(collection, digest);
  return tag === undefined ? collectionPath(collection) : tagHistoryPath(collection, tag);
}

function* feedEndpoints(feed: Feed, site: Site): Iterable<Endpoint> {
  const changes = feed.changes.slice(0, MOST_ENTRIES);
  yield { path: feed.path, mediaType: "application/atom+xml", body: atomOf(feed, changes, site) };
  yield jsonEndpoint(feed.jsonPath, {
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    home_page_url: site.to(feed.page),
    feed_url: site.to(feed.jsonPath),
    items: changes.map((change) => ({
      id: idOf(change),
      url: site.to(changePath(change, site.history)),
      title: changeTitle(change),
      content_text: contentOf(change),
      date_published: change.moment.time,
    })),
  });
}

/** Atom wants a time even of a feed that tells nothing. */
const NEVER = "1970-01-01T00:00:00Z";

function atomOf({ title, page, path, key }: Feed, changes: readonly Change[], site: Site): string {
  const updated = changes[0]?.moment.time ?? NEVER;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title>${escapeXml(title)}</title>
<id>${uuidOf("changes", key)}</id>
<updated>${utcMoment(updated)}</updated>
<author><name>${escapeXml(title)}</name></author>
<link rel="self" type="application/atom+xml" href="${escapeXml(site.to(path))}"/>
<link rel="alternate" type="text/html" href="${escapeXml(site.to(page))}"/>
${changes.map((change) => entryXml(change, site)).join("")}</feed>
`;
}

function entryXml(change: Change, site: Site): string {
  return `<entry>
<title>${escapeXml(changeTitle(change))}</title>
<id>${idOf(change)}</id>
<updated>${utcMoment(change.moment.time)}</updated>
<link rel="alternate" type="text/html" href="${escapeXml(site.to(changePath(change, site.history)))}"/>
<content type="text">${escapeXml(contentOf(change))}</content>
</entry>
`;
}

/** Made of what happened, so that it stays the same wherever the site moves. */
function idOf({ kind, collection, tag, digest, moment }: Change): string {
  return uuidOf("change", kind, collection, tag ?? "", digest ?? "", moment.commit ?? moment.time);
}

function contentOf({ note, digest, moment: { commit } }: Change): string {
  const lines = [note, digest, commit && `commit ${commit}`];
  return lines.filter((line) => line !== undefined && line !== "").join("\n");
}
