import type { Groups } from "../registry/groups.ts";
import { BUILD_LOG } from "../registry/model.ts";
import type { Digest } from "../registry/digest.ts";
import type { CollectionName, TagName } from "../registry/reference.ts";

/** The served paths that are a contract (see docs/api.md); every link is made from these. */
export const namespacePath = (namespace: string) => `${namespace}/`;
export const collectionPath = (collection: CollectionName) => `${collection}/`;
export const tagsPath = (collection: CollectionName) => `${collection}/tags/`;
export const tagPath = (collection: CollectionName, tag: TagName) => `${collection}/tags/${tag}/`;
export const manifestPath = (collection: CollectionName, tag: TagName) => `${collection}/manifests/${tag}/`;
export const definitionPath = (collection: CollectionName, tag: TagName) =>
  `${collection}/manifests/${tag}/Singularity.def`;
export const buildLogPath = (collection: CollectionName, tag: TagName) =>
  `${collection}/manifests/${tag}/${BUILD_LOG}`;

/** What a tag pointed to, and when. */
export const tagHistoryPath = (collection: CollectionName, tag: TagName) =>
  `${collection}/tags/${tag}/history/`;

/** An image by its digest: where it stays when tags move on. */
export const digestPath = (collection: CollectionName, digest: Digest) => `${collection}/tags/${digest}/`;
export const digestManifestPath = (collection: CollectionName, digest: Digest) =>
  `${collection}/manifests/${digest}/`;
export const digestDefinitionPath = (collection: CollectionName, digest: Digest) =>
  `${collection}/manifests/${digest}/Singularity.def`;

/** What is new; by collection in files, for a folder could be that of a collection below. */
export const CHANGES_PATH = "changes/";
export const olderChangesPath = (page: number) => `changes/${page}/`;
export const CHANGES_FEED_PATH = "changes/feed.xml";
export const CHANGES_JSON_FEED_PATH = "changes/feed.json";
export const collectionFeedPath = (collection: CollectionName) => `changes/${collection}.xml`;
export const collectionJsonFeedPath = (collection: CollectionName) => `changes/${collection}.json`;

export const COMPARE_PATH = "compare/";

export const API_INDEX_PATH = "api/v1/index.json";
export const API_COLLECTIONS_PATH = "api/v1/collections.json";
export const apiCollectionPath = (collection: CollectionName) => `api/v1/collections/${collection}.json`;
export const apiHistoryPath = (collection: CollectionName) => `api/v1/history/${collection}.json`;
export const API_HEALTH_PATH = "api/v1/health.json";
export const SCHEMAS_PATH = "schema/";
/** The API as OpenAPI describes it, and as people read it. */
export const OPENAPI_PATH = "openapi.json";
export const API_PAGE_PATH = "api/";

/** The page that looks into images in the browser. */
export const INSPECT_PATH = "inspect/";

/** What crawlers ask, and what `sha256sum -c` reads. */
export const ROBOTS_PATH = "robots.txt";
export const SITEMAP_PATH = "sitemap.xml";
export const sitemapPartPath = (number: number) => `sitemap-${number}.xml`;
export const CHECKSUMS_PATH = "SHA256SUMS";

/** The listings of all collections: A–Z, in further orders below it, each in pages: `collections/by-size/2/`. */
export const COLLECTIONS_PATH = "collections/";
/** Answers the search box of every page: `search/?q=words`. */
export const SEARCH_PATH = "search/";

/** The page that tells whether images are still there, and what others may show of it. */
export const HEALTH_PATH = "health/";
export const HEALTH_BADGE_PATH = "health/badge.svg";
export const HEALTH_BADGE_JSON_PATH = "health/badge.json";
export const HEALTH_FEED_PATH = "health/feed.xml";

/** What others show of a collection: a file each, which no namespace can be called. */
export const badgePath = (collection: CollectionName) => `badges/${collection}.svg`;
export const badgeJsonPath = (collection: CollectionName) => `badges/${collection}.json`;

/** The picture that others show beside the address of a collection. */
export const cardPath = (collection: CollectionName) => `cards/${collection}.png`;

/** What collections and tags have in common, as the first segment of its paths says. */
export type GroupKind = "architectures" | "bases" | "labels" | "topics";
/** Groups of a kind; of a group; further pages of that, from 2 on. No segment for a stranger's word begins like those. */
export const groupsPath = (kind: GroupKind) => `${kind}/`;
export const groupPath = (kind: GroupKind, slug: string, page = 1) =>
  page === 1 ? `${kind}/${slug}/` : `${kind}/${slug}/_${page}/`;
export const labelValuePath = (slug: string, valueSlug: string, page = 1) =>
  page === 1 ? `labels/${slug}/${valueSlug}/` : `labels/${slug}/${valueSlug}/_${page}/`;
export const apiGroupsPath = (kind: GroupKind) => `api/v1/${kind}.json`;
export const apiGroupPath = (kind: GroupKind, slug: string) => `api/v1/${kind}/${slug}.json`;

/** The page of what several have in common; undefined where one alone has it, and there is no page. */
export const topicPath = (site: Grouped, topic: string) => pathOf(site, "topics", topic);
export const architecturePath = (site: Grouped, name: string) => pathOf(site, "architectures", name);
export const basePath = (site: Grouped, name: string) => pathOf(site, "bases", name);
export const labelPath = (site: Grouped, key: string) => pathOf(site, "labels", key);

interface Grouped {
  readonly groups: Groups;
}

function pathOf({ groups }: Grouped, kind: GroupKind, name: string): string | undefined {
  const slug = groups[kind].get(name)?.slug;
  return slug === undefined ? undefined : groupPath(kind, slug);
}

/** How much room images take: all, and those of a namespace. */
export const SIZES_PATH = "sizes/";
export const namespaceSizesPath = (namespace: string) => `sizes/${namespace}/`;
export const API_SIZES_PATH = "api/v1/sizes.json";

/** The pieces of the index that is searched: `search/words/3.json`. */
export const searchPiecePath = (name: string) => `search/${name}.json`;

/** `/api/container/` and below it: shub:// and the Singularity Registry client. */
export const containerPath = (name: string) => `api/container/${name}`;
export const CONTAINER_COLLECTIONS_PATH = "api/collections/";
export const containerCollectionPath = (word: string) => `api/collection/${word}/`;
export const containerSearchPath = (query: string) => `api/container/search/${query}/`;
export const labelSearchPath = (query: string) => `api/labels/search/${query}`;

/** library:// */
export const libraryImagePath = (reference: string) => `v1/images/${reference}`;
export const libraryFilePath = (reference: string) => `v1/imagefile/${reference}`;
export const LIBRARY_SEARCH_PATH = "v1/search";
export const LIBRARY_CONFIG_PATH = "assets/config/config.prod.json";
export const LIBRARY_VERSION_PATH = "version";

/** OCI distribution. */
export const OCI_PATH = "v2/";
export const OCI_CATALOG_PATH = "v2/_catalog";
export const ociManifestPath = (name: string, reference: string) => `v2/${name}/manifests/${reference}`;
export const ociBlobPath = (name: string, digest: string) => `v2/${name}/blobs/${digest}`;
export const ociTagsPath = (name: string) => `v2/${name}/tags/list`;

export const KEYS_PATH = "pks/lookup";
