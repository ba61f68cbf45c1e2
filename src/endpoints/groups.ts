import type { Site } from "../protocols/site.ts";
import { type BaseGroup, type Group, type LabelGroup, type Member, isShared } from "../registry/groups.ts";
import { formatReference } from "../registry/reference.ts";
import { type Endpoint, compactJsonEndpoint, jsonEndpoint } from "./endpoint.ts";
import {
  type GroupKind,
  apiGroupPath,
  apiGroupsPath,
  groupPath,
  groupsPath,
  labelValuePath,
} from "./paths.ts";

/**
 * `/api/v1/topics.json`, `architectures.json`, `bases.json` and `labels.json`, and a file for each group of two or more:
 *
 *     /api/v1/bases/ubuntu~16.04.json   →   {"name":"ubuntu:16.04","end":{"release":"Ubuntu 16.04",…},"members":["lab/tool:1.0",…]}
 */
export function* groupsEndpoints(site: Site): Iterable<Endpoint> {
  const { topics, architectures, bases, labels } = site.groups;
  yield* kindEndpoints("topics", topics, site);
  yield* kindEndpoints("architectures", architectures, site);
  yield* kindEndpoints("bases", bases, site);
  yield* labelEndpoints(labels, site);
}

function* kindEndpoints(
  kind: GroupKind,
  groups: ReadonlyMap<string, BaseGroup>,
  site: Site,
): Iterable<Endpoint> {
  const entries = [...groups.values()].map((group) => ({
    ...entryOf(kind, group, site),
    end: group.end,
    member: isShared(group) ? undefined : group.members.map(nameOf)[0],
  }));
  yield jsonEndpoint(apiGroupsPath(kind), indexOf(kind, entries, site));
  for (const group of groups.values()) {
    if (group.slug === undefined) continue;
    yield compactJsonEndpoint(apiGroupPath(kind, group.slug), {
      schemaVersion: 1,
      kind,
      ...headOf(kind, group, group.slug, site),
      end: group.end,
      members: group.members.map(nameOf),
    });
  }
}

/** Of keys and values that only one tag has there is no more than their number: dates and identifiers. */
function* labelEndpoints(labels: ReadonlyMap<string, LabelGroup>, site: Site): Iterable<Endpoint> {
  const shared = [...labels.values()].filter(isShared);
  const entries = shared.map((group) => ({ ...entryOf("labels", group, site), values: group.values.size }));
  yield jsonEndpoint(apiGroupsPath("labels"), {
    ...indexOf("labels", entries, site),
    alone: labels.size - shared.length,
  });
  for (const group of shared) {
    if (group.slug !== undefined) yield labelEndpoint(group, group.slug, site);
  }
}

function labelEndpoint(group: LabelGroup, slug: string, site: Site): Endpoint {
  const values = [...group.values.values()].filter(isShared);
  return compactJsonEndpoint(apiGroupPath("labels", slug), {
    schemaVersion: 1,
    kind: "labels",
    ...headOf("labels", group, slug, site),
    alone: group.values.size - values.length,
    values: values.map((value) => ({
      value: value.name,
      count: value.members.length,
      page: value.slug === undefined ? undefined : site.to(labelValuePath(slug, value.slug)),
      members: value.members.map(nameOf),
    })),
  });
}

function indexOf(kind: GroupKind, groups: readonly object[], site: Site): object {
  return { schemaVersion: 1, kind, page: site.to(groupsPath(kind)), groups };
}

function entryOf(kind: GroupKind, group: Group, site: Site): object {
  const { name, slug, members } = group;
  if (slug === undefined) return { name, count: members.length };
  return { ...headOf(kind, group, slug, site), url: site.to(apiGroupPath(kind, slug)) };
}

function headOf(kind: GroupKind, { name, members }: Group, slug: string, site: Site): object {
  return { name, count: members.length, page: site.to(groupPath(kind, slug)) };
}

/** `lab/tool:1.0`, or `lab/tool` where it is the collection that has it. */
function nameOf({ collection, tag }: Member): string {
  return tag ? formatReference({ collection: collection.name, tag: tag.name }) : collection.name;
}
