import type { Finding } from "../finding.ts";
import { type PullWay, isRefusal, wayName } from "../protocols/pull-line.ts";
import { pullWays } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import { type PullTarget, targetsOf } from "../protocols/target.ts";
import type { Registry } from "../registry/model.ts";
import { type CollectionName, type Reference, type TagName, formatReference } from "../registry/reference.ts";

/** Names that every client takes. */
const PLAIN_COLLECTION = "lab/tool" as CollectionName;
const PLAIN_TAG = "1" as TagName;

/** Shorter than any client's limit. */
const SHORT = 39;
const PLAIN_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;
const PLAIN_VERSION = /^[a-z0-9]+(?:\.[0-9]+)*$/;

/** Whether there is nothing to ask: most names are so plain that every client takes them. */
function isPlain({ collection, tag }: Reference): boolean {
  if (collection.length > SHORT || tag.length > SHORT) return false;
  return PLAIN_NAME.test(collection) && PLAIN_VERSION.test(tag);
}

/**
 * What clients cannot pull for its name alone: under a plain one they could. Told once of a collection where that is
 * the reason, else of each tag; and not of a protocol that was asked for, of which {@link checkSite} tells.
 */
export function* checkNames(registry: Registry, site: Site): Iterable<Finding> {
  for (const collection of registry.collections) {
    const told = new Set<string>();
    for (const target of targetsOf(collection, site)) {
      if (isPlain(target.reference)) continue;
      for (const refusal of nameRefusals(target, registry)) {
        const { reason, isOfCollection, clients } = refusal;
        if (told.has(reason)) continue;
        if (isOfCollection) told.add(reason);
        const file = isOfCollection ? collection.folder : target.tag.folder;
        const reference = isOfCollection ? collection.name : formatReference(target.reference);
        yield { code: "unpullable", file, args: { reference, protocol: clients.join(" and "), reason } };
      }
    }
  }
}

interface NameRefusal {
  readonly reason: string;
  readonly isOfCollection: boolean;
  readonly clients: string[];
}

/** By their reasons. */
function nameRefusals(target: PullTarget, registry: Registry): Iterable<NameRefusal> {
  const { collection, tag, site } = target;
  const found = new Map<string, NameRefusal>();
  const ways = pullWays(collection, tag, site);
  const isOffered = ({ protocol }: PullWay) => protocol === "https" || !site.refusals.has(protocol);
  if (!ways.some((way) => isRefusal(way) && isOffered(way))) return [];
  const withPlainTag = pullWays(collection, { ...tag, name: PLAIN_TAG }, site);
  const plain = pullWays({ ...collection, name: PLAIN_COLLECTION }, { ...tag, name: PLAIN_TAG }, site);
  for (const [index, way] of ways.entries()) {
    const isForName = isRefusal(way) && isOffered(way) && plain[index] && !isRefusal(plain[index]);
    if (!isForName || isToldAnyway(way, ways, registry)) continue;
    const isOfCollection = withPlainTag[index] !== undefined && isRefusal(withPlainTag[index]);
    const refusal = found.get(way.reason) ?? { reason: way.reason, isOfCollection, clients: [] };
    refusal.clients.push(wayName(way));
    found.set(way.reason, refusal);
  }
  return found.values();
}

/** Whether the finding protocol-skips says so: the protocol was asked for, and none of its clients can have the image. */
function isToldAnyway({ protocol }: PullWay, ways: readonly PullWay[], { config }: Registry): boolean {
  const isAsked = protocol !== "https" && config.protocols[protocol]?.isOn === true;
  return isAsked && ways.every((way) => way.protocol !== protocol || isRefusal(way));
}
