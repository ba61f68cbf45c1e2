import type { Site } from "../protocols/site.ts";
import { formatDay } from "../format.ts";
import { tagPath } from "../endpoints/paths.ts";
import type { Collection, ImageRecord, Tag } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";

/** What is known of an image that somebody cites. What is not known is not there: nothing is made up. */
interface Cited {
  readonly title: string;
  readonly registry: string;
  readonly url?: string;
  readonly digest: string;
  /** `2026-11-20` */
  readonly date?: string;
  readonly license?: string;
  readonly version: string;
  readonly authors?: string;
}

/** An image in the words of reference managers. */
export interface Citation {
  readonly bibtex: string;
  readonly cff: string;
  readonly hasAuthors: boolean;
}

/** Labels that name who made what is in an image; a maintainer is somebody else. */
const AUTHORS = ["org.opencontainers.image.authors", "authors", "Authors", "author", "Author", "AUTHOR"];
/** One licence as SPDX names it, which is all that CITATION.cff takes. */
const ONE_LICENSE = /^[A-Za-z0-9][A-Za-z0-9.+-]{0,60}$/;

/** How an image is cited, in BibTeX and as a CITATION.cff. */
export function citationOf(
  collection: Collection,
  { name: tag, record }: Tag,
  labels: Readonly<Record<string, string>>,
  { title, site }: { readonly title: string; readonly site: Site },
): Citation | undefined {
  if (!record) return undefined;
  const { license = labels["org.opencontainers.image.licenses"] } = collection;
  const authors = AUTHORS.map((key) => labels[key]?.trim()).find(Boolean);
  const cited: Cited = {
    title: formatReference({ collection: collection.name, tag }),
    registry: title,
    digest: record.digest,
    version: tag,
    ...(site.url !== undefined && { url: site.to(tagPath(collection.name, tag)) }),
    ...dateOf(record),
    ...(license !== undefined && { license }),
    ...(authors !== undefined && { authors }),
  };
  return { bibtex: bibtexOf(cited), cff: cffOf(cited), hasAuthors: authors !== undefined };
}

function dateOf({ created }: ImageRecord): { readonly date?: string } {
  return created === undefined ? {} : { date: formatDay(created) };
}

function bibtexOf({ title, registry, url, digest, date, license, authors }: Cited): string {
  const notes = [digest, license].filter((note) => note !== undefined).map(texText);
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["author", authors && `{${texText(authors)}}`],
    ["title", `{${texText(title)}}`],
    ["howpublished", `Container image in {${texText(registry)}}`],
    ["year", date?.slice(0, "2026".length)],
    ["url", url],
    ["note", notes.join(", ")],
  ];
  const lines = fields.flatMap(([key, value]) => (value === undefined ? [] : [`  ${key} = {${value}}`]));
  return `@misc{${title.replaceAll(/[^A-Za-z0-9.-]/g, "_")},\n${lines.join(",\n")}\n}\n`;
}

const TEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
};

/** A stranger's text, of which TeX executes nothing. */
function texText(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\{}~^#$%&_]/g, (character) => TEX[character] ?? `\\${character}`);
}

/** Quotes of JSON are quotes of YAML. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function cffOf({ title, registry, url, digest, date, license, version, authors }: Cited): string {
  const lines = [
    "cff-version: 1.2.0",
    'message: "If you use this image, please cite it as below."',
    "type: software",
    `title: ${quoted(title)}`,
    ...(authors === undefined ? [] : ["authors:", `  - name: ${quoted(authors)}`]),
    `version: ${quoted(version)}`,
    ...(date === undefined ? [] : [`date-released: ${quoted(date)}`]),
    ...(license !== undefined && ONE_LICENSE.test(license) ? [`license: ${license}`] : []),
    ...(url === undefined ? [] : [`repository-artifact: ${quoted(url)}`]),
    "identifiers:",
    "  - type: other",
    `    value: ${quoted(digest)}`,
    `    description: ${quoted(`The digest of the image in ${registry}`)}`,
  ];
  return `${lines.join("\n")}\n`;
}
