import {
  apiCollectionPath,
  badgeJsonPath,
  badgePath,
  buildLogPath,
  cardPath,
  collectionPath,
  definitionPath,
  manifestPath,
  namespacePath,
  tagHistoryPath,
  tagPath,
  tagsPath,
} from "../endpoints/paths.ts";
import { type Collection, type Registry, hasBuildLog } from "../registry/model.ts";
import { namespaceOf, segmentProblem } from "../registry/reference.ts";

/**
 * Tells of a path below a site whether it is answered: a page, or what a collection has for programs. Of what lies
 * below the site's own names (`api/`, `v2/`, `assets/`) only images, badges, cards and collections are looked at; the rest is taken to
 * be there. Paths are listed when the first is asked for.
 */
export function servedPaths({ collections, images }: Registry): (path: string) => boolean {
  let known: Set<string> | undefined;
  return (path) => {
    known ??= new Set(collections.flatMap((collection) => [...pathsOf(collection)]));
    const plain = path.replace(/(?:^|\/)index\.(?:html|json)$/, (index) =>
      index.startsWith("/") ? "/" : "",
    );
    // Every image that a tag ever had stays; git knows which they are, and is not asked here.
    if (OF_A_DIGEST.test(plain) && known.has(plain.replace(OF_A_DIGEST, "/"))) return true;
    if (plain === "" || known.has(plain) || images.has(plain)) return true;
    const [first = ""] = plain.split("/", 1);
    if (
      first === "images" ||
      first === "badges" ||
      first === "cards" ||
      plain.startsWith("api/v1/collections/")
    )
      return false;
    return segmentProblem(first, 0)?.code === "reserved-name";
  };
}

const OF_A_DIGEST = /\/(?:tags|manifests)\/sha256:[0-9a-f]{64}\/(?:Singularity\.def)?$/;

function* pathsOf({ name, tags }: Collection): Iterable<string> {
  for (let outer = namespaceOf(name); outer !== ""; outer = namespaceOf(outer)) yield namespacePath(outer);
  yield collectionPath(name);
  yield tagsPath(name);
  yield apiCollectionPath(name);
  yield badgePath(name);
  yield badgeJsonPath(name);
  yield cardPath(name);
  for (const tag of tags) {
    yield tagPath(name, tag.name);
    if (tag.record) {
      yield manifestPath(name, tag.name);
      yield tagHistoryPath(name, tag.name);
    }
    if (tag.definition) yield definitionPath(name, tag.name);
    if (hasBuildLog(tag)) yield buildLogPath(name, tag.name);
  }
}
