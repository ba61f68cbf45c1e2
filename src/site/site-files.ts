import { join, resolve } from "node:path";
import type { Endpoint } from "../endpoints/endpoint.ts";
import { ownEndpoints, protocolEndpoints } from "../endpoints/index.ts";
import { LIBRARY_CONFIG_PATH, buildLogPath } from "../endpoints/paths.ts";
import type { Site } from "../protocols/site.ts";
import { PROTOCOLS, type Protocol } from "../registry/config.ts";
import { localImages } from "../registry/local-images.ts";
import { BUILD_LOG, type Registry, hasBuildLog } from "../registry/model.ts";
import { siteAssets } from "./assets.ts";
import { type Redirect, headersText, hostedPath, redirectsText } from "./host-files.ts";
import type { SiteFile } from "./staging.ts";
import { templateFolders } from "./templates.ts";

/** A file of a site, and the protocol that it is there for, if it is there for one alone. */
export type ProtocolFile = SiteFile & {
  readonly protocol?: Protocol;
  /** How many redirects are in it. */
  readonly redirects?: number;
};

/** Everything in a site but its pages: endpoints, assets, the images that it serves itself, and what its host wants. */
export function* siteFiles(registry: Registry, site: Site, root: string): Iterable<ProtocolFile> {
  // GitHub Pages would drop tags that begin with an underscore.
  yield { path: ".nojekyll", source: { body: "" } };
  for (const asset of siteAssets(root, registry.config, templateFolders(root))) {
    const isTaken = asset.path === LIBRARY_CONFIG_PATH && !site.refusals.has("library");
    if (!isTaken) yield asset;
  }
  // Before the endpoints, some of which are links to them.
  for (const image of localImages(registry.collections)) {
    if (site.images.has(image)) yield { path: image, source: { file: join(root, image), isImage: true } };
  }
  yield* buildLogs(registry, root);
  const redirects: Redirect[] = [];
  yield* endpointFiles(ownEndpoints(registry, site), site, redirects);
  for (const protocol of PROTOCOLS) {
    for (const file of endpointFiles(protocolEndpoints(protocol, registry, site), site, redirects)) {
      yield { ...file, protocol };
    }
  }
  yield* hostFiles(registry, site, redirects);
}

function* buildLogs({ collections }: Registry, root: string): Iterable<SiteFile> {
  for (const { name, tags } of collections) {
    for (const tag of tags) {
      // The folder of a tree that lies elsewhere is absolute.
      if (hasBuildLog(tag)) {
        const file = resolve(root, tag.folder, BUILD_LOG);
        yield { path: buildLogPath(name, tag.name), source: { file, isImage: true } };
      }
    }
  }
}

/** The files of endpoints; those that are redirects are put down in `redirects`. */
function* endpointFiles(
  endpoints: Iterable<Endpoint>,
  { host }: Site,
  redirects: Redirect[],
): Iterable<SiteFile> {
  for (const endpoint of endpoints) {
    const path = hostedPath(endpoint.path, host);
    if ("redirectTo" in endpoint) redirects.push({ from: path, to: endpoint.redirectTo });
    else if ("image" in endpoint) yield { path, source: { sameAs: endpoint.image } };
    else yield { path, source: { body: endpoint.body }, ...(endpoint.isAlias && { isAlias: true }) };
  }
}

function* hostFiles(
  { collections }: Registry,
  { host, basePath }: Site,
  redirects: readonly Redirect[],
): Iterable<ProtocolFile> {
  if (!host.redirects) return;
  const topNamespaces = new Set(collections.map(({ name }) => name.slice(0, name.indexOf("/"))));
  yield { path: "_headers", source: { body: headersText(host, basePath, [...topNamespaces]) } };
  const text = redirectsText(host, basePath, redirects);
  if (text !== undefined) yield { path: "_redirects", source: { body: text }, redirects: redirects.length };
}
