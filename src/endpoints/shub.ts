import { containerOf } from "../protocols/container.ts";
import { shubRefusal } from "../protocols/shub.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetsOf } from "../protocols/target.ts";
import type { Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { type Endpoint, compactJsonEndpoint } from "./endpoint.ts";
import { containerPath } from "./paths.ts";

/**
 * `/api/container/<ns>/<name>:<tag>`, for shub:// and `sregistry pull`: where the image lies, and `commit`, by which
 * the client of shub:// keeps it, so that it has to change with the image.
 *
 *     {"id":1,"name":"greeting","tag":"latest","collection":"vanessa",…,"image":"https://…","commit":"6c9b857f…"}
 */
export function* shubEndpoints({ collections }: Registry, site: Site): Iterable<Endpoint> {
  let id = 0;
  for (const collection of collections) {
    const hashesSeen = new Set<string>();
    for (const target of targetsOf(collection, site)) {
      if (shubRefusal(target) !== undefined) continue;
      const { sha256, md5, url } = target.image;
      const body = { id: ++id, ...containerOf(target), image: url, commit: sha256 ?? md5 };
      for (const { name, isAlias } of spellings(target, hashesSeen)) {
        for (const path of pathsOf(name)) {
          yield { ...compactJsonEndpoint(path, body), ...(isAlias && { isAlias }) };
        }
      }
    }
  }
}

interface Spelling {
  readonly name: string;
  readonly isAlias?: true;
}

/** `a/b:tag` and `a/b:tag@<hash>`, in lower case too where that is free, and `a/b@<hash>` for the first tag of an image. */
function spellings(
  { reference, image: { md5, sha1 }, site: { aliases } }: PullTarget,
  hashesSeen: Set<string>,
): Spelling[] {
  const exact = formatReference(reference);
  const lower = exact.toLowerCase();
  const tagged: Spelling[] = [{ name: exact }];
  if (aliases.get(lower) === exact) tagged.push({ name: lower, isAlias: true });
  const hashes = [md5, sha1].filter((hash) => hash !== undefined);
  const unseen = hashes.filter((hash) => !hashesSeen.has(hash));
  for (const hash of unseen) hashesSeen.add(hash);
  return [
    ...tagged,
    ...hashes.flatMap((hash) =>
      tagged.map((spelling) => ({ ...spelling, name: `${spelling.name}@${hash}` })),
    ),
    ...unseen.map((hash) => ({ name: `${reference.collection}@${hash}` })),
  ];
}

/** The client takes all but the last two segments of a name for a part of the registry's address. */
function pathsOf(name: string): string[] {
  const outer = name.split("/").slice(0, -2).join("/");
  const path = containerPath(name);
  return outer === "" ? [path] : [path, `${outer}/${containerPath(name.slice(outer.length + 1))}`];
}
