import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commandFor, newUser, because, whyNoApptainer } from "../support/clients.ts";
import { type TestImage, imagesUnless, recordOf, registryFiles } from "../support/image-building.ts";
import { type ServedSite, serveSite, whyNoPort80 } from "../support/serving.ts";

const reason = whyNoApptainer() ?? (await whyNoPort80());
const [hello, goodbye] = await imagesUnless(reason, "hello", "goodbye");

/** A registry with names of every depth and case, below a path unless a protocol cannot do that. */
function serveNames(basePath = "/registry/"): Promise<ServedSite> {
  const records = {
    "vanessa/greeting:latest": recordOf(hello),
    "vanessa/greeting:1.0": recordOf(goodbye),
    "vanessa/greeting:again": recordOf(hello),
    "Upper/Case-Name:V1.0": recordOf(goodbye),
    "lab/deep/tool:1": recordOf(hello),
    "lab/very/deep/tool:1": recordOf(goodbye),
  };
  return serveSite({ files: registryFiles(records, [hello, goodbye]), host: "pages", basePath });
}

describe.skipIf(reason !== undefined)(`what apptainer can call an image${because(reason)}`, () => {
  test("by shub://: its tag, its hashes, either case, and names of any depth", async () => {
    const site = await serveNames();
    const pulled = (name: string) =>
      newUser().pull(`apptainer pull --no-https x.sif shub://${site.authority}/${name}`);
    const names: readonly (readonly [name: string, image: TestImage])[] = [
      ["vanessa/greeting", hello],
      ["vanessa/greeting:1.0", goodbye],
      [`vanessa/greeting@${goodbye.md5}`, goodbye],
      [`vanessa/greeting@${hello.sha1}`, hello],
      [`vanessa/greeting:1.0@${goodbye.sha1}`, goodbye],
      [`vanessa/greeting:latest@${hello.md5}`, hello],
      ["Upper/Case-Name:V1.0", goodbye],
      ["upper/case-name:v1.0", goodbye],
      [`upper/case-name:v1.0@${goodbye.md5}`, goodbye],
      [`Upper/Case-Name@${goodbye.md5}`, goodbye],
      ["lab/deep/tool:1", hello],
      [`lab/deep/tool@${hello.md5}`, hello],
      ["lab/very/deep/tool:1", goodbye],
      [`lab/very/deep/tool:1@${goodbye.md5}`, goodbye],
    ];
    for (const [name, { bytes }] of names) expect((await pulled(name)).equals(bytes), name).toBe(true);
  });

  test("by shub://: not by the hash of another tag, nor in another case", async () => {
    const site = await serveNames();
    for (const name of [
      `vanessa/greeting:1.0@${hello.md5}`,
      "Vanessa/greeting:1.0",
      "upper/Case-Name:V1.0",
    ]) {
      const line = `apptainer pull --no-https x.sif shub://${site.authority}/${name}`;
      expect((await newUser().run(line)).status, name).not.toBe(0);
    }
  });

  test("by library://: its tag, its sha256, the default collection, in two parts and three", async () => {
    const site = await serveNames();
    const pulled = (name: string) =>
      newUser().pull(`apptainer pull --library ${site.url} x.sif library://${name}`);
    const names: readonly (readonly [name: string, image: TestImage])[] = [
      ["vanessa/greeting", hello],
      ["vanessa/greeting:1.0", goodbye],
      ["vanessa/default/greeting:1.0", goodbye],
      [`vanessa/greeting:sha256.${goodbye.sha256}`, goodbye],
      [`vanessa/default/greeting:sha256.${hello.sha256}`, hello],
      ["Upper/Case-Name:V1.0", goodbye],
      ["lab/deep/tool:1", hello],
      [`lab/deep/tool:sha256.${hello.sha256}`, hello],
    ];
    for (const [name, { bytes }] of names) expect((await pulled(name)).equals(bytes), name).toBe(true);
  });

  test("by oras://: its tag, the digest of its manifest, and names of any depth", async () => {
    const site = await serveNames("/");
    const digestOf = async (name: string, tag: string) => {
      const manifest = await (await fetch(`${site.url}v2/${name}/manifests/${tag}`)).text();
      return `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
    };
    const pulled = (name: string) =>
      newUser().pull(`apptainer pull --no-https x.sif oras://${site.authority}/${name}`);
    const names: readonly (readonly [name: string, image: TestImage])[] = [
      ["vanessa/greeting", hello],
      ["vanessa/greeting:1.0", goodbye],
      [`vanessa/greeting@${await digestOf("vanessa/greeting", "1.0")}`, goodbye],
      [`vanessa/greeting@${await digestOf("vanessa/greeting", "again")}`, hello],
      ["lab/deep/tool:1", hello],
      ["lab/very/deep/tool:1", goodbye],
      [`lab/very/deep/tool@${await digestOf("lab/very/deep/tool", "1")}`, goodbye],
    ];
    for (const [name, { bytes }] of names) expect((await pulled(name)).equals(bytes), name).toBe(true);
  });

  test("of another architecture: by the command that people are told, which names it", async () => {
    const record = recordOf(hello).replace("architecture: amd64", "architecture: arm64");
    const site = await serveSite({ files: registryFiles({ "lab/arm:1": record }, [hello]) });
    const command = commandFor(site, "lab/arm:1", "library://");
    expect(command).toContain(" --arch arm64 ");
    expect((await newUser().pull(command)).equals(hello.bytes)).toBe(true);
    expect(site.requests).toContain("GET /v1/images/lab/arm:1?arch=arm64");
  });

  test("runs without being pulled before", async () => {
    const site = await serveNames("/");
    const name = "vanessa/greeting:1.0";
    const { url, authority } = site;
    for (const line of [
      `apptainer run --no-https shub://${authority}/${name}`,
      `apptainer run --no-https oras://${authority}/${name}`,
      `apptainer remote add --no-login --insecure lab ${url} && apptainer run library://${name}`,
      `apptainer run ${url}images/sha256/${goodbye.sha256}.sif`,
    ]) {
      expect(lastLine(await newUser().output(line)), line).toBe("goodbye");
    }
  });

  test.each([
    ["shub", "a tag", (site: ServedSite) => `From: ${site.authority}/vanessa/greeting:1.0`],
    ["shub", "a hash", (site: ServedSite) => `From: ${site.authority}/lab/very/deep/tool@${goodbye.md5}`],
    ["oras", "a tag", (site: ServedSite) => `From: ${site.authority}/vanessa/greeting:1.0`],
    ["library", "a tag", (site: ServedSite) => `From: vanessa/greeting:1.0\nLibrary: ${site.url}`],
  ])("is what another image begins with: Bootstrap: %s, by %s", async (bootstrap, _, from) => {
    const site = await serveNames(bootstrap === "oras" ? "/" : "/registry/");
    const user = newUser();
    const definition = `Bootstrap: ${bootstrap}\n${from(site)}\n\n%environment\n    export MORE=more\n`;
    writeFileSync(join(user.folder, "more.def"), definition);
    const flag = bootstrap === "library" ? "" : "--no-https";
    await user.output(`apptainer build ${flag} more.sif more.def`);
    expect(lastLine(await user.output("apptainer run more.sif"))).toBe("goodbye");
    expect(lastLine(await user.output("apptainer exec more.sif sh -c 'echo $MORE'"))).toBe("more");
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) ?? "";
}
