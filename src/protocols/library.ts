import { type CollectionName, namespaceOf, shortNameOf, formatReference } from "../registry/reference.ts";
import { type PullAnswer, commandOf, fileNameOf, withoutLastSlash } from "./pull-line.ts";
import { reachProblem } from "./reach.ts";
import { ADDRESS_UNKNOWN } from "./site.ts";
import type { PullTarget } from "./target.ts";

/** The collection that search prints between a namespace and a name, where we have only these two. */
const DEFAULT_COLLECTION = "default";

/** An entity, a collection and a container, as library:// calls the parts of a name; undefined where there are more. */
export function libraryParts(
  name: CollectionName,
): readonly [entity: string, collection: string, container: string] | undefined {
  const [entity = "", ...rest] = namespaceOf(name).split("/");
  if (rest.length > 1) return undefined;
  return [entity, rest[0] ?? DEFAULT_COLLECTION, shortNameOf(name)];
}

/** What stands in place of a tag where an image is asked for by its hash. */
const HASH = /^sha256\.[0-9a-f]{64}$/;

/** Why `/v1/` cannot serve an image; undefined where it can. */
export function libraryRefusal(target: PullTarget): string | undefined {
  const { reference, image, site } = target;
  const refusal = site.refusals.get("library");
  if (refusal !== undefined) return refusal;
  if (!libraryParts(reference.collection)) return "a library:// name has three parts at most";
  if (HASH.test(reference.tag)) return "library:// takes this tag for the hash of an image";
  return image.sha256 === undefined ? "the record has no sha256 of the file" : reachProblem(target);
}

/** `apptainer pull --library BASE library://ns/name:tag`. Any name of ours is accepted, and a port, and http. */
export function libraryAnswer(target: PullTarget): PullAnswer {
  const { reference, record, site } = target;
  const reason = libraryRefusal(target) ?? (site.url === undefined ? ADDRESS_UNKNOWN : undefined);
  if (reason !== undefined) return { reason };
  // The client asks for its own architecture, which a static host cannot hear: the line says what will come.
  const { architecture } = record;
  const arch = architecture === undefined || architecture === "amd64" ? [] : ["--arch", architecture];
  const uri = `library://${formatReference(reference)}`;
  return {
    command: commandOf(
      "apptainer",
      "pull",
      ...arch,
      "--library",
      withoutLastSlash(site.url),
      fileNameOf(target),
      uri,
    ),
  };
}
