import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BuiltSite, buildSite } from "../../src/index.ts";
import { temporaryFolder, writeFiles } from "../support/registry.ts";
import { type RuleHost, type StaticHost, follow, openSite } from "../support/static-hosts.ts";
import { SITE_URL, filesOf, imageOf } from "../support/static-site.ts";

describe.each<RuleHost>(["cloudflare", "netlify"])("on %s", (name) => {
  test.each([
    ["a port and a query", "https://storage.example.org:8443/a.sif?version=1&name=:splat*"],
    ["encoded marks", "https://storage.example.org/a%20b%2Fc%3Ad.sif?x=%2B"],
    ["colons with letters", "https://storage.example.org/v2/:lab/tool:latest/blobs/sha256:deadbeef"],
    ["slashes in a row", "https://storage.example.org/bucket//a.sif"],
    ["letters beyond ASCII", "https://storage.example.org/größe.sif"],
    ["a fragment", "https://storage.example.org/a.sif#part"],
    ["no path", "https://storage.example.org"],
    ["an equals sign in its path", "https://storage.example.org/version=1/a.sif"],
    ["a thousand characters", `https://storage.example.org/${"a".repeat(960)}.sif`],
  ])("leads to an address with %s", async (_what, url) => {
    const { host, findings } = await siteWithImageAt(url, name);
    const { status, location } = await follow(host, LIBRARY_PATH);
    expect([...host.problems, ...findings]).toEqual([]);
    expect([status, location && new URL(location).href]).toEqual([302, new URL(url).href]);
  });
});

test.each([
  ["would lose a slash", "https://storage.example.org//bucket/a.sif"],
  ["is too long", `https://storage.example.org/${"a".repeat(1990)}.sif`],
])("an address that %s on Cloudflare is not offered there", async (_what, url) => {
  const { host } = await siteWithImageAt(url, "cloudflare");
  expect(host.problems).toEqual([]);
  expect((await follow(host, LIBRARY_PATH)).status).toBe(404);
  expect((await host.ask(LIBRARY_PATH.replace("imagefile", "images"))).status).toBe(404);
});

const LIBRARY_PATH = "/v1/imagefile/lab/tool:latest";

/** A site with one image. */
async function siteWithImageAt(
  url: string,
  name: RuleHost,
): Promise<{ host: StaticHost; findings: BuiltSite["findings"] }> {
  const root = temporaryFolder();
  const directory = join(root, "_site");
  writeFiles(root, filesOf([{ ...imageOf("lab/tool", "latest", "https"), url }]));
  const { findings } = await buildSite({ root, out: directory, url: SITE_URL, host: name });
  return { host: await openSite(name, directory), findings };
}
