import { BUILD_LOG } from "../registry/model.ts";
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

export const API_INDEX_PATH = "api/v1/index.json";
export const API_COLLECTIONS_PATH = "api/v1/collections.json";
export const apiCollectionPath = (collection: CollectionName) => `api/v1/collections/${collection}.json`;
export const API_HEALTH_PATH = "api/v1/health.json";
export const SCHEMAS_PATH = "schema/";

/** The page that tells whether images are still there, and what others may show of it. */
export const HEALTH_PATH = "health/";
export const HEALTH_BADGE_PATH = "health/badge.svg";
export const HEALTH_BADGE_JSON_PATH = "health/badge.json";
export const HEALTH_FEED_PATH = "health/feed.xml";

/** The page to search on, and the pieces of its index: `search/words/3.json`. */
export const SEARCH_PATH = "search/";
export const searchPiecePath = (name: string) => `search/${name}.json`;
/** The page that lists every collection from A to Z. */
export const COLLECTIONS_PATH = "collections/";

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
