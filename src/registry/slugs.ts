import { createHash } from "node:crypto";

/**
 * Segments of paths for words of strangers, who write what they like: `../..`, 10 kB, emoji, `CON`. Each word has a
 * segment of its own, which is the same on every host and disk, whatever that makes of case and accents.
 *
 *     rna-seq → rna-seq      ubuntu:16.04 → ubuntu~16.04      quay.io/lab/tool:1 → quay.io,lab,tool~1
 *     MAINTAINER → maintainer=d2c4ff43      日本語 → x=77710aed
 */
export function assignSlugs(words: readonly string[]): ReadonlyMap<string, string> {
  const slugs = new Map<string, string>();
  const taken = new Set<string>();
  // Sorted, so that of two words that somebody made to have one hash the same has the short one in every build.
  for (const word of [...new Set(words)].sort()) {
    const slug = plainSlug(word) ?? hashedSlug(word, taken);
    taken.add(slug);
    slugs.set(word, slug);
  }
  return slugs;
}

const LONGEST_PLAIN = 80;
/** No capitals, no dot or dash at its ends, and no `+`, which some hosts take for a space. */
const PLAIN = /^[a-z0-9](?:[a-z0-9._:/-]*[a-z0-9])?$/;
/** Windows keeps these for devices, whatever follows a dot. */
const DEVICE = /^(?:aux|com\d|con|lpt\d|nul|prn)(?:\.|$)/;
/** Hosts answer for `page` from page.html, and guess a type by an ending. */
const FILE_ENDING = /\.(?:html?|json|png|svg|txt|xml)$/;

/** What paths of collections end in: hosts are told that JSON is there. */
const PATH_WORD = /^(?:manifests|tags)$/;

/** The word itself, with `~` for a colon and a comma for a slash: nobody's word has these and stays itself. */
function plainSlug(word: string): string | undefined {
  const isPlain = word.length <= LONGEST_PLAIN && PLAIN.test(word);
  if (!isPlain || [DEVICE, FILE_ENDING, PATH_WORD].some((taken) => taken.test(word))) return undefined;
  return word.replaceAll(":", "~").replaceAll("/", ",");
}

const LONGEST_READABLE = 40;
/** Digits of the hash: more only where fewer are taken. */
const DIGITS = [8, 16, 32, 64];

/** What can be read of a word, `=`, and the beginning of its hash. */
function hashedSlug(word: string, taken: ReadonlySet<string>): string {
  const readable = word
    .slice(0, LONGEST_READABLE)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  // Not as UTF-8, which has one form for all halves of characters.
  const hash = createHash("sha256").update(Buffer.from(word, "utf16le")).digest("hex");
  const slugs = DIGITS.map((digits) => `${readable === "" ? "x" : readable}=${hash.slice(0, digits)}`);
  return slugs.find((slug) => !taken.has(slug)) ?? slugs.join("=");
}
