import { join } from "node:path";
import { buildSite } from "../../src/index.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { type ImageHealth, formatHealth } from "../../src/registry/health.ts";
import { DEFINITION, type Files, HEX, record2, registryOf } from "../support/registry.ts";

export const CHECKED = "2026-11-20T04:17:00Z";

const digest = `sha256:${HEX}` as Digest;
const at = (name: string) => `https://storage.example.org/${name}.sif`;

export const WELL: ImageHealth = { url: at("well"), digest, checked: CHECKED };
export const VERIFIED: ImageHealth = {
  url: at("read"),
  digest,
  checked: CHECKED,
  verified: "2026-11-03T04:20:00Z",
};
export const GONE: ImageHealth = {
  url: at("gone"),
  digest,
  checked: CHECKED,
  problem: {
    code: "image-unreachable",
    reason: "the answer was 404 Not Found",
    since: "2026-11-18T04:17:00Z",
  },
};
export const WRONG: ImageHealth = {
  url: at("wrong"),
  digest,
  checked: CHECKED,
  verified: "2026-10-01T04:17:00Z",
  problem: {
    code: "image-size",
    reason: "it has 12 bytes, the record says 1048576 bytes",
    since: "2026-11-19T04:17:00Z",
  },
};
export const KEPT: ImageHealth = { url: `images/sha256/${HEX}.sif`, digest, checked: CHECKED };
/** Nobody but the registry's owners may know of it. */
const PRIVATE: ImageHealth = {
  url: "https://hush.example.org/secret.sif",
  digest,
  checked: CHECKED,
  problem: { code: "image-unreachable", reason: "hush", since: "2026-11-17T04:17:00Z" },
};

/** The text of a health.json that knows these images. */
export function healthFile(...images: readonly ImageHealth[]): string {
  return formatHealth({ checked: CHECKED, images });
}

const tag = (name: string, record: string): Files => ({
  [`registry/lab/tool/manifests/${name}/Singularity`]: DEFINITION,
  [`registry/lab/tool/manifests/${name}/README.md`]: record,
});

/** A registry with a tag in each state, and no health.json yet. */
export const UNCHECKED: Files = {
  "registry.yml": "title: Lab\n",
  "registry/lab/tool/README.md": "---\ndescription: A tool.\n---\n",
  ...tag("well", record2("", WELL.url)),
  ...tag("read", record2("", VERIFIED.url)),
  ...tag("gone", record2("", GONE.url)),
  ...tag("wrong", record2("", WRONG.url)),
  ...tag("kept", record2("", KEPT.url)),
  ...tag("new", record2("", at("new"))),
  "registry/lab/tool/manifests/unbuilt/Singularity": DEFINITION,
  // The same image once more.
  "registry/lab/other/manifests/latest/README.md": record2("", GONE.url),
  "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
  "registry/lab/secret/manifests/1.0/README.md": record2("", PRIVATE.url),
  [KEPT.url]: Buffer.alloc(1_048_576),
};

/** The same after a check that knows all but `new`. */
export const CHECKED_FILES: Files = {
  ...UNCHECKED,
  "health.json": healthFile(WELL, VERIFIED, GONE, WRONG, KEPT, PRIVATE),
};

/** Builds a site and returns its folder. */
export async function built(files: Files, url?: string): Promise<string> {
  const root = registryOf(files);
  const out = join(root, "_site");
  await buildSite({ root, out, ...(url !== undefined && { url }) });
  return out;
}
