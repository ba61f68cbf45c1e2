import { join } from "node:path";
import { expect, test } from "vitest";
import { buildSite } from "../../src/index.ts";
import { escapeHtml } from "../../src/html.ts";
import { expectHarmless, siteOf } from "../hostile/support.ts";
import { RECORD_2019, readJson, record2, registryOf } from "../support/registry.ts";

const TEXT = `Bootstrap: docker
From: busybox:{{ VERSION }}
%arguments
    VERSION=1.36
%labels
    Maintainer first
Bootstrap: docker
From: alpine:{{ VERSION }}
%arguments
    VERSION=3.20
%labels
    Maintainer vanessa
    Version {{ VERSION }}
%help

    Says <hello>.

`;

/** The page of the tag `lab/tool:1`, with this definition file and record. */
async function pageOf(definition: string, record?: string): Promise<string> {
  const folder = "registry/lab/tool/manifests/1";
  const { out, read } = await siteOf({
    [`${folder}/Singularity`]: definition,
    ...(record !== undefined && { [`${folder}/README.md`]: record }),
  });
  expectHarmless(out);
  return read("lab/tool/tags/1/index.html");
}

test("a page shows the base, the help and the labels of a definition file that nothing was built of", async () => {
  const page = await pageOf(TEXT);
  expect(page).toContain("<dt>Base</dt><dd><code>docker: alpine:3.20</code></dd>");
  expect(page).toMatch(/<h2[^>]*>Help<\/h2>\n<pre[^>]*> {4}Says &lt;hello&gt;\.<\/pre>/);
  expect(page).toContain("<dt>Maintainer</dt><dd>vanessa</dd>");
  expect(page).toContain("<dt>Version</dt><dd>3.20</dd>");
  expect(page).not.toContain("<dd>first</dd>");
});

test("a page shows the labels of a record, and those of the definition file where it has none", async () => {
  const page = await pageOf(TEXT, record2("labels: { Maintainer: someone }\n"));
  expect(page).toContain("<dt>Maintainer</dt><dd>someone</dd>");
  expect(page).not.toContain("<dt>Version</dt>");
  expect(await pageOf(TEXT, RECORD_2019)).toContain("<dt>Maintainer</dt><dd>vanessa</dd>");
});

test("a page shows a definition file that cannot be parsed, and nothing of what it says", async () => {
  const page = await pageOf(`${TEXT}%porst\n`);
  expect(page).toContain("<b>%porst</b>");
  expect(page).not.toMatch(/<dt>(?:Base|Maintainer)<\/dt>|>Help</);
});

test("a page shows what a definition file says as text", async () => {
  const evil = '<img src=x onerror="alert(1)">';
  const page = await pageOf(`Bootstrap: docker\nFrom: ${evil}\n%help\n${evil}\n%labels\n${evil}\n`);
  expect(page.split(escapeHtml(evil)).length).toBeGreaterThan(4);
});

test("the label search finds an image of 2019 by the labels of its definition file", async () => {
  const folder = "registry/lab/tool/manifests";
  const root = registryOf({
    "registry.yml": "protocols: { labels: true }\n",
    [`${folder}/old/Singularity`]: TEXT,
    [`${folder}/old/README.md`]: RECORD_2019,
    [`${folder}/new/Singularity`]: TEXT,
    [`${folder}/new/README.md`]: record2("labels: { Maintainer: someone }\n"),
    [`${folder}/unbuilt/Singularity`]: TEXT,
  });
  const out = join(root, "_site");
  await buildSite({ root, out });
  expect(readJson(out, "api/labels/search/index.json")).toEqual([
    { key: "Maintainer", value: "someone", containers: ["lab/tool:new"] },
    { key: "Maintainer", value: "vanessa", containers: ["lab/tool:old"] },
    { key: "Version", value: "3.20", containers: ["lab/tool:old"] },
  ]);
});
