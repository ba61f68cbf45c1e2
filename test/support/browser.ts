import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type Page, chromium } from "playwright-core";
import { inject } from "vitest";
import { hostProfile } from "../../src/host.ts";
import { buildSite } from "../../src/index.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { DEFINITION, type Files, HEX, RECORD_2019, listFiles, record2, writeFiles } from "./registry.ts";

/** Nothing but what a container without a display needs; what would ask other hosts is off. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Starts the Chromium that the global setup found. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: inject("chromiumPath"), args: CHROMIUM_ARGS });
}

/** What a page did besides being shown: every request, and whatever the browser complained about. */
export interface PageLog {
  readonly requests: string[];
  readonly complaints: string[];
}

/** Listens to a page from now on. A broken Content Security Policy is an error of the console. */
export function listenTo(page: Page): PageLog {
  const log: PageLog = { requests: [], complaints: [] };
  page.on("request", (request) => log.requests.push(request.url()));
  page.on("pageerror", (error) => log.complaints.push(String(error)));
  page.on("dialog", (dialog) => {
    log.complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") log.complaints.push(message.text());
  });
  return log;
}

/** A site on a free port of this machine. */
export interface ServedSite {
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly host: string;
  readonly basePath: string;
  /** The folder of the site. */
  readonly directory: string;
  /** The path of every page as people see it: `/registry/vanessa/greeting/`. */
  readonly pages: readonly string[];
  close(): void;
}

/** Builds a registry below a base path and serves it. */
export async function serveRegistry(root: string, basePath = "/"): Promise<ServedSite> {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  const directory = join(folder, "_site");
  const { server } = createPreviewServer({ directory, basePath, host: hostProfile("pages") });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await buildSite({ root, out: directory, url: host + basePath });
  return {
    host,
    basePath,
    directory,
    pages: pagePaths(directory).map((path) => basePath + path),
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function pagePaths(directory: string): string[] {
  return listFiles(directory)
    .filter((file) => file.endsWith(".html"))
    .map((file) => file.replace(/(^|\/)index\.html$/, "$1"));
}

/** Serves the files of a registry. */
export async function serveFiles(files: Files, basePath = "/"): Promise<ServedSite> {
  const root = mkdtempSync(join(tmpdir(), "stowage-test-"));
  try {
    writeFiles(root, files);
    return await serveRegistry(root, basePath);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Would run, or show a picture, wherever it got onto a page unescaped. */
export const HOSTILE =
  "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>\" onfocus='hacked=1' {{ site.title }} {% include 'x' %} </title></code></pre>";

const LONG = "a-name-that-goes-on-and-on-without-a-place-to-break-it-".repeat(2).slice(0, 100);

const LONG_DEFINITION = `# A comment with <b>markup</b> & an ampersand
Bootstrap: docker
From: registry.example.org/${LONG}/${LONG}:1.0

%post
    wget https://downloads.example.org/${LONG}/${LONG}/${LONG}.tar.gz && echo "${LONG}"

%runscript
    exec echo ${HOSTILE}
`;

/** As people write them: headings that repeat and skip a level, wide tables, long lines, links of every kind. */
const README = `---
description: ${JSON.stringify(`Everything a page can hold. ${HOSTILE}`)}
owners: [${JSON.stringify(HOSTILE)}, vanessa]
topics: [bioinformatics, ${JSON.stringify(HOSTILE)}]
license: BSD-3-Clause
deprecated: ${JSON.stringify(`Use lab/other instead. ${HOSTILE}`)}
---

# Everything

A paragraph with **bold**, *italics*, \`code\`, a [link](https://example.org/), a [link to a heading](#readme-usage) and
a word of ${LONG}${LONG}.

## Usage

\`\`\`sh
apptainer exec tool_latest.sif tool --with-a-long-option=${LONG} --and-another=${LONG}
\`\`\`

    an indented block

### Options

| Option | Default | Meaning | Since | Remarks |
|--------|--------:|---------|-------|---------|
| \`--threads\` | 4 | how many threads it takes | 1.9 | ${LONG} |
| \`--memory\` | | \`a-long-piece-of-code-in-a-cell\` | 1.10 | none |

1. first
2. second
   - nested

> A quotation.

---

#### Usage

##### Größe & <Maße> "50 %"

[to it](#readme-größe-maße-50)

![A picture](https://pictures.example.org/a.png) and ![](https://pictures.example.org/b.png)

${HOSTILE}

[not a link](javascript:window.hacked=1) <a href="javascript:window.hacked=1">raw</a>
`;

const STALE = `recipe: sha256:${"0".repeat(64)}\n`;
const DETAILS = `md5: ${"0".repeat(32)}
builder: { name: apptainer, version: "1.4.5" }
source: { repository: "https://git.example.org/lab/registry", revision: ${"0".repeat(40)} }
labels:
  org.opencontainers.image.title: ${JSON.stringify(HOSTILE)}
  ${LONG}: ${LONG}
`;

const DIGEST = `sha256:${HEX}`;

/** What a check found of some of its images: one of every state, and as long as it can be. */
const HEALTH = {
  schema: 1,
  checked: "2026-11-20T04:17:00Z",
  images: [
    { url: `https://storage.example.org/${HEX}.sif`, digest: DIGEST, verified: "2026-11-03T04:17:00Z" },
    { url: `https://storage.example.org/fortune/${HEX}.sif`, digest: DIGEST },
    {
      url: "oras://oci.example.org/lab/tool:1.9",
      digest: DIGEST,
      problem: { code: "image-unreachable", reason: HOSTILE, since: "2026-11-18T04:17:00Z" },
    },
    {
      url: `https://storage.example.org/${LONG}/${LONG}/${HEX}.sif`,
      digest: DIGEST,
      checked: "2026-11-19T04:17:00Z",
      verified: "2026-11-01T04:17:00Z",
      problem: { code: "image-differs", reason: `it has ${LONG}${LONG}`, since: "2026-11-19T04:17:00Z" },
    },
  ],
};

/** A registry with one of everything that a page can show. */
export const RICH_REGISTRY: Files = {
  "registry.yml": `title: ${JSON.stringify("Rich & <b>strange</b>")}
description: ${JSON.stringify(`One of everything. ${HOSTILE}`)}
repository: https://git.example.org/lab/registry
contact: ${JSON.stringify(`Vanessa <v@example.org> ${HOSTILE}`)}
theme: { accent: "#7a1fa2", logo: logo.svg }
`,
  "logo.svg":
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>\n',
  "health.json": JSON.stringify(HEALTH),
  "registry/lab/tool/README.md": README,
  "registry/lab/tool/manifests/1.9/Singularity": LONG_DEFINITION,
  "registry/lab/tool/manifests/1.9/README.md": record2(DETAILS, "oras://oci.example.org/lab/tool:1.9"),
  "registry/lab/tool/manifests/1.10/Singularity": LONG_DEFINITION,
  "registry/lab/tool/manifests/2.0+cuda/Singularity": DEFINITION,
  "registry/lab/tool/manifests/2.0+cuda/README.md": record2(STALE, "s3://bucket/tool.sif"),
  "registry/lab/tool/manifests/2019/Singularity": DEFINITION,
  "registry/lab/tool/manifests/2019/README.md": RECORD_2019,
  "registry/lab/tool/manifests/_frozen/Singularity": DEFINITION,
  "registry/lab/tool/manifests/_frozen/README.md": record2(),
  "registry/lab/tool/manifests/_frozen/.frozen": "",
  "registry/lab/tool/manifests/only-a-record/README.md": record2(),
  "registry/lab/tool/extras/manifests/latest/Singularity": DEFINITION,
  "registry/lab/headings/README.md": "## Begins at two\n\n#### Skips three\n\n###### Goes to six\n\n# Back\n",
  "registry/lab/headings/manifests/latest/Singularity": "%post\n\n",
  "registry/lab/empty/README.md": "---\ndescription: Nothing in it yet.\n---\n",
  "registry/lab/empty/manifests/.gitkeep": "",
  "registry/lab/only-planned/manifests/latest/Singularity": DEFINITION,
  "registry/deep/er/and/deeper/ncbi-blast+/manifests/2.16.0/Singularity": DEFINITION,
  "registry/deep/er/and/deeper/ncbi-blast+/manifests/2.16.0/README.md": record2(),
  [`registry/${LONG}/${LONG}/manifests/${LONG}/Singularity`]: LONG_DEFINITION,
  [`registry/${LONG}/${LONG}/manifests/${LONG}/README.md`]: record2(
    DETAILS,
    `https://storage.example.org/${LONG}/${LONG}/${HEX}.sif`,
  ),
};
