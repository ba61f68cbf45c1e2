import type { CollectionName, TagName } from "../registry/reference.ts";

/** The served paths that are a contract (see docs/api.md); every link is made from these. */
export const namespacePath = (namespace: string) => `${namespace}/`;
export const collectionPath = (collection: CollectionName) => `${collection}/`;
export const tagsPath = (collection: CollectionName) => `${collection}/tags/`;
export const tagPath = (collection: CollectionName, tag: TagName) => `${collection}/tags/${tag}/`;
export const manifestPath = (collection: CollectionName, tag: TagName) => `${collection}/manifests/${tag}/`;
export const definitionPath = (collection: CollectionName, tag: TagName) =>
  `${collection}/manifests/${tag}/Singularity.def`;

export const API_INDEX_PATH = "api/v1/index.json";
export const API_COLLECTIONS_PATH = "api/v1/collections.json";
export const apiCollectionPath = (collection: CollectionName) => `api/v1/collections/${collection}.json`;
export const SCHEMAS_PATH = "schema/";
