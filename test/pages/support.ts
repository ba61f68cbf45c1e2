import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSite } from "../../src/index.ts";
import { HOSTILE } from "../support/browser.ts";
import { DEFINITION, type Files, RECORD_2019, listFiles, writeFiles } from "../support/registry.ts";

export const KEY = "F815862E350044739CA7CB4E974485C68EE5B261";

/** A digest that belongs to a word. */
export function digestOf(word: string): string {
  return createHash("sha256").update(word).digest("hex");
}

/** A record of an image of that many bytes, made on a day; `more` are further lines of front matter. */
export function record(size: number, day: string, word: string, more = "", url?: string): string {
  const hex = digestOf(word);
  return `---
schema: 2
created: "${day}T12:00:00Z"
architecture: amd64
size: ${size}
digest: sha256:${hex}
layers:
  - { size: ${size}, digest: "sha256:${hex}", url: "${url ?? `https://storage.example.org/sha256/${hex}.sif`}" }
${more}---
`;
}

const OBJECTS = `objects:
  - { id: 1, type: definition, offset: 32176, size: 100 }
  - { id: 2, type: partition, offset: 40960, size: 2050192, fileSystem: squashfs, partition: primary system }
  - { id: 3, type: signature, offset: 2091152, size: 6000, name: ${JSON.stringify(HOSTILE.slice(0, 100))} }
signers: ["${KEY}"]
`;

const LABELS = `labels:
  org.opencontainers.image.title: tool
  org.opencontainers.image.authors: "Ada Lovelace {\\\\input}"
  org.opencontainers.image.created: "2026-03-01"
  org.label-schema.usage: "/.singularity.d"
`;

const WITH_APPS = `${DEFINITION}
%environment
    export A="<b>"

%runscript
    exec tool "$@"

%apphelp align
    Aligns <things>.

%apprun align
    exec align
`;

const FOLDER = "registry/lab/tool/manifests";

/** A collection of tags of every kind, whose images have grown, and one that has none. */
export const FILES: Files = {
  "registry.yml": "title: The <Lab>\nrepository: https://github.com/lab/registry.git\n",
  "registry/lab/tool/README.md": "---\ndescription: Does <things>.\nlicense: MIT\n---\n# Tool\n",
  [`${FOLDER}/1.0/README.md`]: record(1_048_576, "2026-01-01", "one", LABELS),
  [`${FOLDER}/1.0/Singularity`]: DEFINITION,
  [`${FOLDER}/1.9/README.md`]: record(2_097_152, "2026-02-01", "two"),
  [`${FOLDER}/1.10/README.md`]: record(1_572_864, "2026-03-01", "three"),
  [`${FOLDER}/latest/README.md`]: record(2_097_152, "2026-04-01", "four", OBJECTS + LABELS),
  [`${FOLDER}/latest/Singularity`]: WITH_APPS,
  [`${FOLDER}/same/README.md`]: record(2_097_152, "2026-05-01", "four"),
  [`${FOLDER}/elsewhere/README.md`]: record(9, "2026-05-02", "five", "", "s3://bucket/tool.sif"),
  [`${FOLDER}/strange/README.md`]: record(9, "2026-05-03", "six", "", "https://a.org/$(id);'x'&y.sif"),
  [`${FOLDER}/2019/README.md`]: RECORD_2019,
  [`${FOLDER}/planned/Singularity`]: DEFINITION,
  "registry/lab/none/manifests/1.0/Singularity": DEFINITION,
};

/** A text as it was before it was escaped for HTML. */
export function unescapeHtml(html: string): string {
  const plain = html.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return plain
    .replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

export interface Built {
  readonly read: (path: string) => string;
  readonly page: (path: string) => string;
}

/** The texts of the site of a registry, of which nothing is left on the disk. */
export async function built(files: Files = FILES, url = "https://lab.org/r/"): Promise<Built> {
  const root = mkdtempSync(join(tmpdir(), "stowage-test-"));
  try {
    writeFiles(root, files);
    const out = join(root, "_site");
    await buildSite({ root, out, url });
    const texts = new Map(listFiles(out).map((path) => [path, readFileSync(join(out, path), "utf8")]));
    const read = (path: string) => {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`the site has no ${path}`);
      return text;
    };
    return { read, page: (path) => read(`${path}index.html`) };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
