/**
 * Stowage: a tree of definition files in, a static registry out.
 *
 *     import { buildSite } from "stowage";
 *     await buildSite({ root: ".", out: "_site", url: "https://lab.github.io/registry/" });
 */
export { type SiteAddress } from "./address.ts";
export { type Build, type LeftTag, type Plan, type PlanOptions, planBuilds } from "./build/plan.ts";
export { type ErrorCode, type Place, StowageError } from "./errors.ts";
export { type Finding, type FindingCode } from "./finding.ts";
export { describeFinding, severityOf } from "./check/catalogue.ts";
export { type Endpoint } from "./endpoints/endpoint.ts";
export { registryEndpoints } from "./endpoints/index.ts";
export { type HostName, type HostProfile } from "./host.ts";
export { type PullWay } from "./protocols/pull-line.ts";
export { pullWays } from "./protocols/pull-ways.ts";
export { type Site, type SiteOptions, siteOf } from "./protocols/site.ts";
export { type Config, type Protocol } from "./registry/config.ts";
export { type Digest } from "./registry/digest.ts";
export type {
  Collection,
  Definition,
  ImageRecord,
  Layer,
  Registry,
  StoredImages,
  Tag,
  TagStatus,
} from "./registry/model.ts";
export {
  type CollectionName,
  type Reference,
  type TagName,
  formatReference,
  parseReference,
} from "./registry/reference.ts";
export { type ScanOptions, publicRegistry, scanRegistry } from "./registry/scan.ts";
export {
  type FileDigests,
  type ImageFile,
  type ImageFileOptions,
  openImageFile,
} from "./storage/image-file.ts";
export { openStorage } from "./storage/open-storage.ts";
export { type ImageKey, type Storage, type StorageContext } from "./storage/storage.ts";
export { type FileSource, openFileSource } from "./sif/file-source.ts";
export { type Encryption, type Sif, type SkippedObject, readSif } from "./sif/sif.ts";
export { type SifDocument } from "./sif/metadata.ts";
export { type SifLink, type SifObject } from "./sif/objects.ts";
export { type SifSignature } from "./sif/signatures.ts";
export { type SifSource, bufferSource } from "./sif/source.ts";
export { type UrlOptions, openUrlSource } from "./sif/url-source.ts";
export { type EleventyPluginOptions, eleventyPlugin } from "./site/eleventy-plugin.ts";
export { type BuildSiteOptions, type BuiltSite, buildSite } from "./site/build-site.ts";
