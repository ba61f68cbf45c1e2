import { API_SIZES_PATH, SIZES_PATH, namespaceSizesPath } from "../endpoints/paths.ts";
import { formatBytes, formatDay, formatNumber, plural } from "../format.ts";
import { groupBy } from "../group-by.ts";
import { escapeHtml } from "../html.ts";
import type { Site } from "../protocols/site.ts";
import type { Registry } from "../registry/model.ts";
import { namespaceOf, shortNameOf } from "../registry/reference.ts";
import type { SizedImage, Sizes } from "../registry/sizes.ts";
import { ageClass, ageLegend, ageWords } from "./age.ts";
import { cleanupView } from "./cleanup-view.ts";
import { href } from "./links.ts";
import type { Page } from "./page.ts";
import { type Leaf, MOST_LEAVES, type SizedPlace, collectionOf, leavesOf } from "./size-leaves.ts";
import { stripSvg, treemapSvg } from "./treemap-svg.ts";

/*
 * How much room images take: a map of all of them, and one of each namespace. An image that several tags share is in
 * the maps once, where the first of its tags is, so that every map adds up.
 */

/** The page on sizes, and those of namespaces. */
export function* sizesPages(site: Site): Iterable<Page> {
  const { sizes } = site;
  const places = placesOf(sizes.images);
  const below = groupBy([...places.keys()], (namespace) => [namespaceOf(namespace)]);
  const viewOf = (place: SizedPlace) => ({
    ...placeView(place, site),
    namespaces: below.get(place.namespace)?.map((name) => namespaceLink(name, places.get(name) ?? [], site)),
  });
  yield {
    path: SIZES_PATH,
    template: "sizes.njk",
    view: () => ({
      ...viewOf({ namespace: "", images: sizes.images }),
      ...totalsOf(sizes),
      ...cleanupView(sizes.images, site),
      apiHref: href(site, API_SIZES_PATH),
    }),
  };
  for (const [namespace, images] of places) {
    const place = { namespace, images };
    const path = namespaceSizesPath(namespace);
    yield { path, template: "sizes.njk", view: () => viewOf(place) };
  }
}

/** The images of each namespace, outer ones, too; largest first. */
function placesOf(images: readonly SizedImage[]): Map<string, SizedImage[]> {
  const places = new Map<string, SizedImage[]>();
  for (const image of images) {
    for (let outer = namespaceOf(collectionOf(image)); outer !== ""; outer = namespaceOf(outer)) {
      const place = places.get(outer);
      if (place) place.push(image);
      else places.set(outer, [image]);
    }
  }
  return new Map([...places].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function placeView(place: SizedPlace, site: Site): object {
  const { namespace, images } = place;
  const leaves = leavesOf(place, site);
  const total = bytesOf(images);
  const title = namespace === "" ? "Sizes" : `Sizes of ${namespace}`;
  return {
    title,
    path: namespace === "" ? SIZES_PATH : namespaceSizesPath(namespace),
    shortName: namespace === "" ? title : shortNameOf(namespace),
    crumbs: namespace === "" ? [] : crumbsOf(namespaceOf(namespace), site),
    namespace,
    counts: [plural(images.length, "image"), formatBytes(total)],
    newest: site.sizes.newest && formatDay(site.sizes.newest),
    mapHtml:
      leaves.length > 0
        ? treemapSvg(
            (most) => (most === MOST_LEAVES ? leaves : leavesOf(place, site, most)),
            `Map: ${title.toLowerCase()}`,
          )
        : undefined,
    legend: ageLegend(leaves.map(({ age }) => age)),
    rowsHtml: leaves.map((leaf) => rowHtml(leaf, total)).join(""),
  };
}

function namespaceLink(namespace: string, images: readonly SizedImage[], site: Site): object {
  return {
    name: shortNameOf(namespace),
    href: href(site, namespaceSizesPath(namespace)),
    size: formatBytes(bytesOf(images)),
  };
}

function bytesOf(images: readonly SizedImage[]): number {
  return images.reduce((sum, { size }) => sum + size, 0);
}

/** Written here, for there are up to sixty on each of many pages (docs/performance.md). */
function rowHtml(leaf: Leaf, total: number): string {
  const name = escapeHtml(leaf.name);
  const day = leaf.created === undefined ? "" : formatDay(leaf.created);
  return [
    `<tr><th scope="row">${leaf.href === undefined ? name : `<a href="${escapeHtml(leaf.href)}">${name}</a>`}</th>`,
    `<td class="number">${formatBytes(leaf.bytes)}</td>`,
    `<td class="number">${((100 * leaf.bytes) / total).toFixed(1)} %</td>`,
    `<td class="number"><span class="narrow">images: </span>${formatNumber(leaf.images)}</td>`,
    `<td>${day === "" ? "" : `<time datetime="${day}">${day}</time>`}</td>`,
    `<td><span class="age ${ageClass(leaf.age)}">${ageWords(leaf.age)}</span></td></tr>\n`,
  ].join("");
}

function crumbsOf(namespace: string, site: Site): object[] {
  const segments = namespace === "" ? [] : namespace.split("/");
  return [
    { text: "Sizes", href: href(site, SIZES_PATH) },
    ...segments.map((text, index) => ({
      text,
      href: href(site, namespaceSizesPath(segments.slice(0, index + 1).join("/"))),
    })),
  ];
}

function totalsOf({ images, total, saved, unknown }: Sizes): object {
  return {
    counts: [
      plural(images.length, "image"),
      formatBytes(total),
      ...(saved > 0 ? [`${formatBytes(saved)} saved by tags that share an image`] : []),
    ],
    unknown: unknown > 0 && plural(unknown, "tag"),
  };
}

/** What the first page shows of sizes; undefined where none is known. */
export function sizesStrip(_: Registry, site: Site): object | undefined {
  const { images, total } = site.sizes;
  if (total === 0) return undefined;
  const place = { namespace: "", images };
  return {
    total: `${formatBytes(total)} in ${plural(images.length, "image")}`,
    stripHtml: stripSvg((most) => leavesOf(place, site, most), "The largest, as in the map of sizes"),
    href: href(site, SIZES_PATH),
  };
}
