import { join } from "node:path";
import { expect, test } from "vitest";
import { hostProfile } from "../../src/host.ts";
import { buildSite } from "../../src/index.ts";
import { headersText } from "../../src/site/host-files.ts";
import { temporaryFolder, writeFiles } from "../support/registry.ts";
import { cloudflareHost, netlifyHost } from "../support/static-hosts.ts";
import { SITE_URL, TAGS, filesOf, imageOf } from "../support/static-site.ts";

test("Netlify takes namespaces that differ in case for one, and meets one rule", async () => {
  const folder = temporaryFolder();
  const rules = headersText(hostProfile("netlify"), "/", ["Lab", "lab", "LAB"]);
  writeFiles(folder, { _headers: rules, "404.html": "", "lab/tool/tags/index.html": "{}" });
  const host = await netlifyHost(folder);
  expect(await host.ask("/lab/tool/tags/")).toMatchObject({ status: 200, type: "application/json" });
});

test("a site with more redirects than Cloudflare obeys says so", async () => {
  const root = temporaryFolder();
  const directory = join(root, "_site");
  writeFiles(root, { "registry.yml": "protocols: { shub: false, sregistry: false, labels: false }\n" });
  const names = Array.from({ length: 70 }, (_, index) => `many/tool${index}`);
  writeFiles(
    root,
    filesOf(names.flatMap((each) => TAGS.slice(0, 6).map((tag) => imageOf(each, tag, "https")))),
  );
  const { findings } = await buildSite({
    root,
    out: directory,
    url: SITE_URL,
    host: "cloudflare",
  });
  const { problems, redirectCount } = cloudflareHost(directory);
  expect([problems.length, redirectCount]).toEqual([30, 2004]);
  expect(findings.map(({ code }) => code)).toEqual(["site-redirects"]);
});
