import { join } from "node:path";
import type { SiteAddress } from "../address.ts";
import { registryEndpoints } from "../endpoints/index.ts";
import { fileSize, localImages } from "../registry/local-images.ts";
import type { Registry } from "../registry/model.ts";
import { siteAssets } from "./assets.ts";
import type { SiteFile } from "./staging.ts";
import { templateFolders } from "./templates.ts";

/** Everything in a site but its pages: endpoints, assets and the images that the registry keeps itself. */
export function* siteFiles(registry: Registry, address: SiteAddress, root: string): Iterable<SiteFile> {
  // GitHub Pages would drop tags that begin with an underscore.
  yield { path: ".nojekyll", source: { body: "" } };
  for (const { path, body } of registryEndpoints(registry, address)) {
    yield { path: path.endsWith("/") ? `${path}index.json` : path, source: { body } };
  }
  yield* siteAssets(root, registry.config, templateFolders(root));
  for (const image of localImages(registry.collections)) {
    const file = join(root, image);
    if (fileSize(file) !== undefined) yield { path: image, source: { file, isImage: true } };
  }
}
