import {
  type GroupKind,
  apiGroupPath,
  apiGroupsPath,
  collectionPath,
  groupPath,
  groupsPath,
  tagPath,
} from "../endpoints/paths.ts";
import { formatDay, formatNumber } from "../format.ts";
import type { Site } from "../protocols/site.ts";
import { type BaseGroup, type LabelGroup, type Member, isShared } from "../registry/groups.ts";
import { formatReference } from "../registry/reference.ts";
import { labelPages } from "./label-view.ts";
import { href } from "./links.ts";
import { memberPages } from "./member-pages.ts";
import type { Page } from "./page.ts";
import { byName, mostFirst, wordText } from "./word.ts";

/*
 * Topics, architectures, bases and labels: a listing of each kind, and pages for what two or more have in common. What
 * one alone has is listed with a link to it; of labels it is only counted, for most of these are dates and identifiers.
 * So the number of pages is bounded by how often something is named, whatever strangers call it.
 */

interface Words {
  readonly title: string;
  readonly lead: string;
  /** Heads of columns. */
  readonly what: string;
  readonly count: string;
  readonly nothing: string;
}

const WORDS: Readonly<Record<GroupKind, Words>> = {
  topics: {
    title: "Topics",
    lead: "What collections are about, as their authors say.",
    what: "Topic",
    count: "Collections",
    nothing: "No collection names a topic.",
  },
  architectures: {
    title: "Architectures",
    lead: "The processors that images were built for, as their records say.",
    what: "Architecture",
    count: "Tags",
    nothing: "No record names an architecture.",
  },
  bases: {
    title: "Bases",
    lead: "What images are built on, as their definition files say, and until when that gets free public updates.",
    what: "Base",
    count: "Tags",
    nothing: "No definition file names a base.",
  },
  labels: {
    title: "Labels",
    lead: "The labels that images have, or will have by their definition files, by their keys.",
    what: "Key",
    count: "Tags",
    nothing: "No two tags have a label in common.",
  },
};

/** The pages on what collections and tags have in common. */
export function* groupsPages(site: Site): Iterable<Page> {
  for (const kind of ["topics", "architectures", "bases", "labels"] as const)
    yield { path: groupsPath(kind), template: "groups.njk", view: () => groupsView(kind, site) };
  for (const kind of ["topics", "architectures", "bases"] as const) {
    for (const group of site.groups[kind].values()) yield* groupPages(kind, group, site);
  }
  for (const label of site.groups.labels.values()) yield* labelPages(label, site);
}

function* groupPages(kind: GroupKind, group: BaseGroup, site: Site): Iterable<Page> {
  const { name, slug, members, end } = group;
  if (slug === undefined) return;
  const { title } = WORDS[kind];
  const text = wordText(name);
  const head = (count: string) => ({
    title: `${text} · ${title}`,
    shortName: text,
    heading: text,
    crumbs: [{ text: title, href: href(site, groupsPath(kind)) }],
    lead: kind === "bases" ? `Built on it: ${count}.` : count,
    updates: end && updatesOf(end, site),
    apiHref: href(site, apiGroupPath(kind, slug)),
  });
  yield* memberPages({ members, pathOf: (page) => groupPath(kind, slug, page), head }, site);
}

/** How many of the groups that one alone is in are listed. */
const MOST_ALONE = 500;

function groupsView(kind: GroupKind, site: Site): object {
  const groups: (BaseGroup | LabelGroup)[] = [...site.groups[kind].values()];
  const alone = groups.filter((group) => !isShared(group)).sort(byName);
  const listed = kind === "labels" ? [] : alone.slice(0, MOST_ALONE);
  return {
    ...WORDS[kind],
    path: groupsPath(kind),
    shortName: WORDS[kind].title,
    isLabels: kind === "labels",
    isBases: kind === "bases",
    groups: groups
      .filter(isShared)
      .sort(mostFirst)
      .map((group) => groupRow(kind, group, site)),
    alone: listed.map((group) => aloneRow(group, site)),
    moreAlone: formatNumber(alone.length - listed.length),
    hasMoreAlone: alone.length > listed.length,
    apiHref: href(site, apiGroupsPath(kind)),
  };
}

function groupRow(kind: GroupKind, group: BaseGroup | LabelGroup, site: Site): object {
  const { name, slug = "", members } = group;
  return {
    name: wordText(name),
    href: href(site, groupPath(kind, slug)),
    count: formatNumber(members.length),
    ...("values" in group && { values: formatNumber(group.values.size) }),
    ...("end" in group && group.end && { updates: updatesOf(group.end, site) }),
  };
}

function aloneRow(group: BaseGroup, site: Site): object {
  const { name, members, end } = group;
  const [member] = members;
  return { name: wordText(name), ...(member && linkTo(member, site)), updates: end && updatesOf(end, site) };
}

function linkTo({ collection, tag }: Member, site: Site): object {
  if (!tag) return { member: collection.name, href: href(site, collectionPath(collection.name)) };
  const member = formatReference({ collection: collection.name, tag: tag.name });
  return { member, href: href(site, tagPath(collection.name, tag.name)) };
}

/** Whether a base is past its end, by the newest day that the registry knows: nobody's clock is in a site. */
function updatesOf(
  { release, date }: BaseGroup["end"] & object,
  { sizes: { newest } }: Site,
): { release: string; date: string; isOver: boolean } {
  return { release, date, isOver: newest !== undefined && date < formatDay(newest) };
}
