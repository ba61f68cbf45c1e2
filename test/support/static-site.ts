import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { armorPublicKeys } from "../../src/registry/armor.ts";
import { type Files, HEX, listFiles, record2 } from "./registry.ts";

/** An image of the registry under test; every one has a digest and an address of its own. */
export interface TestImage {
  readonly collection: string;
  readonly tag: string;
  readonly hex: string;
  readonly lies: "in the site" | "https" | "http";
  /** As the record says it. */
  readonly url: string;
}

export const SITE_URL = "https://registry.example.org";

/** `lat` begins `latest`; the upper case and the dots are for hosts that compare loosely. */
export const TAGS = ["1.0", "1.0+cuda", "lat", "latest", "latest-2", "LATEST-3", "tag"];

const COLLECTIONS: readonly (readonly [name: string, lies: TestImage["lies"]])[] = [
  ["lab/tool", "https"],
  ["lab/kept", "in the site"],
  ["lab/far", "http"],
  ["deep/er/and/deeper/tool", "https"],
  ["deep/er/kept", "in the site"],
  ["upper/Tool", "https"],
  ["upper/ncbi-blast+", "in the site"],
  // What the rules call what they match.
  ["splat/tag", "https"],
  ["namespace/splat/hex", "in the site"],
  // Namespaces that begin like others, and like what is the site's own.
  ["labs/tool", "https"],
  ["LAB-upper/Tool", "https"],
  ["apiary/honey", "in the site"],
  ["v2x/versions", "https"],
  ["versions/v2", "https"],
];

/** With two rules for each of them there would be more rules than Cloudflare takes. */
const MANY_NAMESPACES = Array.from({ length: 51 }, (_, index) => `many${index}/tool`);

export const IMAGES: readonly TestImage[] = [
  ...COLLECTIONS.flatMap(([name, lies], index) =>
    TAGS.slice(0, index < 5 ? TAGS.length : 4).map((tag) => imageOf(name, tag, lies)),
  ),
  ...MANY_NAMESPACES.map((name) => imageOf(name, "latest", "https")),
];

export function imageOf(collection: string, tag: string, lies: TestImage["lies"]): TestImage {
  const digits = createHash("sha256").update(`${collection}:${tag}`).digest("hex").slice(1);
  // Behind a colon a letter makes a placeholder, a digit does not.
  const hex = (tag.length % 2 === 0 ? "d" : "4") + digits;
  const elsewhere = `${lies}://storage.example.org/${collection}/${tag}.sif`;
  return { collection, tag, hex, lies, url: lies === "in the site" ? `images/sha256/${hex}.sif` : elsewhere };
}

export function bodyOf({ collection, tag }: TestImage): string {
  return `The image of ${collection}:${tag}`;
}

export function filesOf(images: readonly TestImage[]): Files {
  const files: Record<string, string> = {};
  for (const image of images) {
    const folder = `registry/${image.collection}/manifests/${image.tag}`;
    files[`${folder}/Singularity`] = "Bootstrap: docker\nFrom: busybox\n";
    files[`${folder}/README.md`] = record2(
      image.collection.startsWith("many") ? "" : LABELS,
      image.url,
    ).replaceAll(HEX, image.hex);
    if (image.lies === "in the site") files[image.url] = bodyOf(image);
  }
  return files;
}

/** One label is called like a folder of the registry. */
const LABELS = `md5: 0123456789abcdef0123456789abcdef
labels: { maintainer: lab/a, manifests: tags, purpose: lab/manifests }
`;

/** The shortest packet that is a public key's. */
const KEYS = armorPublicKeys([Buffer.from([0xc6, 1, 4])]);

export const FILES: Files = {
  "registry.yml": "title: Lab\n",
  "registry/lab/tool/README.md": "---\ndescription: A tool\n---\n\n# Tool\n",
  "keys/lab.asc": KEYS,
  // What the host has to call by its type, and a page beside it.
  "health.json": '{"schema": 1, "checked": "2026-11-20T04:17:00Z", "images": []}\n',
  ...filesOf(IMAGES),
};

/** As `apptainer pull library://` asks: by tag and by hash, and with the collection that search prints. */
export function libraryPaths({ collection, tag, hex }: TestImage): string[] {
  const parts = collection.split("/");
  if (parts.length > 3) return [];
  const names = parts.length === 2 ? [collection, parts.join("/default/")] : [collection];
  return names.flatMap((name) => [tag, `sha256.${hex}`].map((word) => `/v1/imagefile/${name}:${word}`));
}

export function isOciName({ collection, tag }: TestImage): boolean {
  return collection === collection.toLowerCase() && !`${collection}${tag}`.includes("+");
}

/** Tags that others begin with, or that begin with others, and digests that differ in one digit. */
export function missingPaths(): string[] {
  const tags = ["l", "late", "Latest", "latest-", "latest-22", "1", "1x0", "1.0-cuda", "splat", ":tag"];
  return COLLECTIONS.map(([name]) => name).flatMap((name) => [
    ...tags.flatMap((tag) => [
      `/v1/imagefile/${name}:${tag}`,
      `/v1/images/${name}:${tag}`,
      `/v2/${name}/manifests/${tag}`,
      `/${name}/manifests/${tag}/`,
    ]),
    `/v1/imagefile/${name}`,
    `/v1/imagefile/${name}-2:latest`,
    `/v2/${name}/blobs/sha256:${"d".repeat(64)}`,
    `/v2/${name}/blobs/sha256:${"4".repeat(64)}`,
    `/v2/${name}/manifests/sha256:${"d".repeat(64)}`,
  ]);
}

interface SitePage {
  readonly path: string;
  readonly body: string;
}

/** A folder's JSON is called index.html, too, on these hosts. */
export function pagesOf(directory: string): SitePage[] {
  return listFiles(directory)
    .filter((file) => file.endsWith("index.html"))
    .map((file) => ({
      path: `/${file.slice(0, -"index.html".length)}`,
      body: readFileSync(join(directory, file), "utf8"),
    }))
    .filter(({ body }) => body.startsWith("<!doctype html>"));
}
