import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HOST_NAMES, hostProfile } from "../../src/host.ts";
import { buildSite } from "../../src/index.ts";
import { contentTypeOf } from "../../src/site/preview-rules.ts";
import { listFiles, readJson, temporaryFolder } from "../support/registry.ts";
import {
  FOLDER,
  type FileChanges,
  type Past,
  RECIPE,
  digestOf,
  pastOf,
  recordOf,
  textOf,
} from "./support.ts";

const HOSTILE = `<img src=x onerror="window.hacked=1"> {{ 7*7 }} & "quotes"`;
const README = `${FOLDER}/1.0/README.md`;
const DEFINITION = `${FOLDER}/1.0/Singularity`;

const COMMITS: readonly FileChanges[] = [
  {
    "registry.yml": "title: Lab\nrepository: https://github.com/lab/registry.git\n",
    [DEFINITION]: `${RECIPE}\n%post\n    echo one\n`,
    [README]: recordOf("a", 'labels: { kept: "1", gone: "2", changed: "3" }\n'),
    [`${FOLDER}/latest/README.md`]: recordOf("a"),
    [`${FOLDER}/old/README.md`]: recordOf("o"),
  },
  {
    [DEFINITION]: `Bootstrap: docker\nFrom: busybox:1.37\n\n%post\n    echo ${HOSTILE}\n`,
    [README]: recordOf(
      "b",
      `labels: { kept: "1", changed: "4", added: ${JSON.stringify(HOSTILE)} }\n`,
      2_097_152,
    ),
    [`${FOLDER}/old/README.md`]: undefined,
  },
  {
    "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
    "registry/lab/secret/manifests/1/README.md": recordOf("secret"),
    "registry/lab/tool/README.md": `---\ndeprecated: ${JSON.stringify(HOSTILE)}\n---\n`,
  },
];

async function siteOf(
  { root }: Past,
  options: Partial<Parameters<typeof buildSite>[0]> = {},
): Promise<string> {
  const out = join(temporaryFolder(), "_site");
  await buildSite({ root, out, url: "https://a.org/b/", ...options });
  return out;
}

const read = (site: string, path: string) => readFileSync(join(site, path, "index.html"), "utf8");
const textAt = (site: string, path: string) => textOf(read(site, path));

describe("an image that no tag has any more", () => {
  test("keeps its manifest, with the keys and numbers of its record", async () => {
    const site = await siteOf(pastOf(...COMMITS));
    const manifest = readJson(site, `lab/tool/manifests/${digestOf("a")}/index.json`);
    expect(manifest).toEqual(readJson(site, "lab/tool/manifests/latest/index.json"));
    const old = readJson(site, `lab/tool/manifests/${digestOf("o")}/index.json`);
    expect(old).toMatchObject({
      schemaVersion: 2,
      config: { size: 1_048_576, digest: digestOf("o") },
      layers: [{ urls: ["https://storage.example.org/o.sif"] }],
    });
  });

  test("keeps the definition file that stood beside its record", async () => {
    const past = pastOf(...COMMITS);
    past.commit({ [DEFINITION]: Buffer.from("# \xe9\r\n", "latin1"), [README]: recordOf("c") });
    past.commit({ [DEFINITION]: RECIPE, [README]: recordOf("d") });
    const site = await siteOf(past);
    const file = (name: string) =>
      readFileSync(join(site, `lab/tool/manifests/${digestOf(name)}/Singularity.def`), "latin1");
    expect(file("a")).toBe(`${RECIPE}\n%post\n    echo one\n`);
    expect(file("c")).toBe("# \xe9\r\n");
    expect(listFiles(site)).not.toContain(`lab/tool/manifests/${digestOf("o")}/Singularity.def`);
  });

  test("has a page that says so, and promises nothing", async () => {
    const text = textAt(await siteOf(pastOf(...COMMITS)), `lab/tool/tags/${digestOf("o")}`);
    expect(text).toContain(
      "No tag points to this image any more, and nobody checks whether it is still there.",
    );
    expect(text).toMatch(/apptainer pull tool_[0-9a-f]{12}\.sif https:\/\/storage\.example\.org\/o\.sif/);
    expect(text).toContain("From where its record said that it lies.");
    expect(text).toMatch(/old from 2026-01-01 .* until 2026-01-02 /);
  });

  test("is told to be gone where the registry itself kept it", async () => {
    const kept = `images/sha256/${digestOf("k").slice("sha256:".length)}.sif`;
    const record = recordOf("k").replace("https://storage.example.org/k.sif", kept);
    const site = await siteOf(pastOf({ [README]: record }, { [README]: recordOf("b") }));
    expect(textAt(site, `lab/tool/tags/${digestOf("k")}`)).toContain(
      "Not here: the registry kept this image itself, and keeps it no more.",
    );
  });
});

describe("the page of an image", () => {
  test("shows the difference to the one before", async () => {
    const site = await siteOf(pastOf(...COMMITS));
    const html = read(site, `lab/tool/tags/${digestOf("b")}`);
    const text = textOf(html);
    expect(text).toContain("The image of 1.0 .");
    expect(text).toContain("Size 1.0 MiB then 2.0 MiB (+1.0 MiB)");
    expect(text).toContain("Base docker: busybox:1.36 then docker: busybox:1.37");
    expect(text).toContain("label changed 3 then 4");
    expect(text).toContain("label gone 2 then none");
    expect(text).toContain("label added none then <img src=x");
    expect(text).not.toContain("label kept");
    expect(text).toContain("The definition file: 2 lines added, 2 removed.");
    expect(html).toContain("<del>-From: busybox:1.36\n</del><ins>+From: busybox:1.37\n</ins>");
    expect(html).not.toMatch(/<img src=x|49/);
    expect(html).toContain(`href="/b/lab/tool/tags/${digestOf("a")}/"`);
  });

  test("says where the image was built from another definition file", async () => {
    const recipe = `recipe: sha256:${"0".repeat(64)}\n`;
    const site = await siteOf(pastOf({ [DEFINITION]: RECIPE, [README]: recordOf("a", recipe) }));
    expect(textAt(site, `lab/tool/tags/${digestOf("a")}`)).toContain("The image was built from another one.");
  });

  test("is there for a digest that can be part of an address, and no other", async () => {
    const legacy = (digest: string) =>
      `---\nlayout: x\nsize: 5\ndigest: ${digest}\nlayers:\n- size: 5\n  digest: ${digest}\n  url: https://a.org/x\n---\n`;
    const site = await siteOf(pastOf({ [README]: legacy(`md5:${"A".repeat(32)}`) }));
    const paths = listFiles(site).filter((path) => /(?:tags|manifests)\/[^/]*:/.test(path));
    expect(paths).toEqual([]);
    expect(textAt(site, "lab/tool/tags/1.0/history")).toContain("md5:AAAAAAAAAAAA");
  });

  test("is there for the newest hundred of a tag; the manifest for all", async () => {
    const past = pastOf();
    for (let version = 0; version < 103; version++) past.commit({ [README]: recordOf(`v${version}`) });
    const files = listFiles(await siteOf(past));
    expect(files.filter((path) => /tags\/sha256:/.test(path))).toHaveLength(100);
    expect(files.filter((path) => path.startsWith("lab/tool/manifests/sha256:"))).toHaveLength(103);
    expect(files).not.toContain(`lab/tool/tags/${digestOf("v2")}/index.html`);
    expect(files).toContain(`lab/tool/tags/${digestOf("v3")}/index.html`);
  });
});

describe("the page of a tag's history", () => {
  test("tells every image with its size, base and what differs, and links the commits", async () => {
    const past = pastOf(...COMMITS);
    const html = read(await siteOf(past), "lab/tool/tags/1.0/history");
    const text = textOf(html);
    expect(text).toMatch(
      /2026-01-02.* rebuilt sha256:[0-9a-f]{12} 2.0 MiB \+1.0 MiB docker: busybox:1.37 definition file, base, 3 labels/,
    );
    expect(text).toMatch(/2026-01-01.* published sha256:[0-9a-f]{12} 1.0 MiB docker: busybox:1.36/);
    const commit = past.git("rev-parse", "HEAD~1").trim();
    expect(html).toContain(`href="https://github.com/lab/registry/commit/${commit}"`);
    expect(html).not.toMatch(/secret|somebody/i);
  });

  test("is there for a tag that was removed", async () => {
    const text = textAt(await siteOf(pastOf(...COMMITS)), "lab/tool/tags/old/history");
    expect(text).toContain("This tag has no image now.");
    expect(text).toMatch(/2026-01-02.* removed/);
  });

  test.each([
    ["left-out", { leavesOutHistory: true }, "This site was built without its history"],
    ["whole", {}, undefined],
  ] as const)("says where the past is %s", async (_, options, words) => {
    const text = textAt(await siteOf(pastOf(...COMMITS), options), "lab/tool/tags/1.0/history");
    if (words === undefined) expect(text).not.toContain("This site was built");
    else expect(text).toContain(words);
  });
});

describe("changes", () => {
  test("are told by day, the newest first, with nothing of private collections", async () => {
    const site = await siteOf(pastOf(...COMMITS));
    const text = textAt(site, "changes");
    expect(text).toMatch(
      /2026-01-03.* deprecated lab\/tool .*2026-01-02.* rebuilt lab\/tool:1\.0 .* removed lab\/tool:old .*2026-01-01.* published lab\/tool:1\.0 .* published lab\/tool:latest .* published lab\/tool:old/,
    );
    for (const path of listFiles(site).filter((file) => /\.(?:html|json|xml)$/.test(file)))
      expect(readFileSync(join(site, path), "utf8"), path).not.toMatch(/lab\/secret|secret\.sif/);
  });

  test("are on pages of two hundred", async () => {
    const tags = Array.from({ length: 401 }, (_, index) => [`${FOLDER}/t${index}/README.md`, recordOf("a")]);
    const site = await siteOf(pastOf(Object.fromEntries(tags)));
    const count = (path: string) => read(site, path).match(/<li><span class="status"/g)?.length;
    expect([count("changes"), count("changes/2"), count("changes/3")]).toEqual([200, 200, 1]);
    expect(read(site, "changes/2")).toContain('<a href="/b/changes/" rel="prev">');
    expect(read(site, "changes/2")).toContain('<a href="/b/changes/3/" rel="next">');
    expect(listFiles(site)).not.toContain("changes/4/index.html");
  });

  test("are there where nothing ever was", async () => {
    const site = await siteOf(pastOf({ [DEFINITION]: RECIPE }));
    expect(textAt(site, "changes")).toContain("0 changes");
    expect(readFileSync(join(site, "changes/feed.xml"), "utf8")).toContain("<updated>1970-01-01");
  });
});

test("the same commit makes the same site, wherever and whenever it is built", async () => {
  const past = pastOf(...COMMITS);
  const clone = join(temporaryFolder(), "elsewhere");
  past.git("clone", "--quiet", past.root, clone);
  const [one, other] = [await siteOf(past), await siteOf({ ...past, root: clone })];
  expect(listFiles(one)).toEqual(listFiles(other));
  for (const path of listFiles(one).filter((file) => file !== ".stowage-site"))
    expect(readFileSync(join(one, path)).equals(readFileSync(join(other, path))), path).toBe(true);
});

test("without its history a site has the images that are there now", async () => {
  const site = await siteOf(pastOf(...COMMITS), { leavesOutHistory: true });
  const digests = listFiles(site).filter((path) => /^lab\/tool\/manifests\/sha256:.*index.json$/.test(path));
  expect(digests.map((path) => path.split("/")[3])).toEqual([digestOf("a"), digestOf("b")].sort());
  expect(readJson(site, "api/v1/history/lab/tool.json")).toMatchObject({ extent: "left-out" });
});

test.each(HOST_NAMES)("an image by its digest is served as JSON on %s", async (host) => {
  const profile = hostProfile(host);
  const site = await siteOf(pastOf(...COMMITS), { host });
  const manifest = `lab/tool/manifests/${digestOf("o")}/`;
  expect(readJson(site, manifest + profile.jsonIndex)).toMatchObject({ schemaVersion: 2 });
  if (!profile.setsTypes) return;
  // Where a folder's index is index.json its name says enough.
  if (profile.jsonIndex === "index.html")
    expect(contentTypeOf(profile, `/${manifest}`)).toBe("application/json");
  expect(contentTypeOf(profile, `/lab/tool/tags/${digestOf("o")}/`)).toBeUndefined();
  expect(contentTypeOf(profile, "/lab/tool/tags/old/history/")).toBeUndefined();
  expect(contentTypeOf(profile, "/changes/lab/tool.xml")).toBe("application/atom+xml");
});
