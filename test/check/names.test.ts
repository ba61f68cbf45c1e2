import { describe, expect, test } from "vitest";
import type { SiteOptions } from "../../src/protocols/site.ts";
import { HEX, RECORD_2019, record2 } from "../support/registry.ts";
import { checkFiles } from "./support.ts";

const IMAGE = `images/sha256/${HEX}.sif`;
const AT_ROOT: SiteOptions = { url: "https://images.example.org/", host: "server" };

/** What is told of tags that the site keeps an image of. */
const check = (
  references: readonly string[],
  registryYml = "title: x\n",
  options = AT_ROOT,
  record?: string,
) => {
  const files = references.map((reference) => {
    const [collection, tag] = reference.split(":");
    return [`registry/${collection}/manifests/${tag}/README.md`, record ?? record2("", IMAGE)];
  });
  const all = { ...Object.fromEntries(files), [IMAGE]: Buffer.alloc(1_048_576), "registry.yml": registryYml };
  return checkFiles(all as Record<string, string | Buffer>, ["unpullable", "protocol-skips"], options).map(
    ({ code, file, args }) => [code, file, args["reference"], args["protocol"]],
  );
};

describe("a name that clients refuse", () => {
  test("is told of once where it is the collection's", () => {
    expect(check(["lab/Tool:1.0", "lab/Tool:2.0"])).toEqual([
      ["unpullable", "registry/lab/Tool", "lab/Tool", "oras:// and oras"],
    ]);
    expect(check(["my_lab/tool:1.0"])).toEqual([
      ["unpullable", "registry/my_lab/tool", "my_lab/tool", "shub://"],
    ]);
    expect(check([`${"l".repeat(40)}/tool:1.0`])).toMatchObject([{ 3: "shub://" }]);
    expect(check(["lab/a/b/tool:1.0"])).toMatchObject([{ 3: "library://" }, { 3: "sregistry" }]);
  });

  test("is told of by tag where it is the tag's", () => {
    expect(check(["lab/tool:1.0+cuda", "lab/tool:2.0"])).toEqual([
      ["unpullable", "registry/lab/tool/manifests/1.0+cuda", "lab/tool:1.0+cuda", "oras:// and oras"],
      ["unpullable", "registry/lab/tool/manifests/1.0+cuda", "lab/tool:1.0+cuda", "shub://"],
    ]);
  });

  test("may be too long for one of them", () => {
    expect(check([`lab/tool:${"1".repeat(65)}`])).toMatchObject([{ 3: "shub://" }]);
    expect(check([`lab/${"t".repeat(65)}:1`])).toMatchObject([{ 3: "shub://" }]);
  });

  test.each([
    "lab/tool:1.0",
    "lab/blast-plus:2.16.0-1",
    "lab/tool:1.0-rc.1_x",
    `lab/${"t".repeat(36)}:1`,
    `${"l".repeat(37)}/t:1`,
    `lab/tool:${"1".repeat(39)}`,
  ])("is not %s", (reference) => {
    expect(check([reference])).toEqual([]);
  });

  test("is not told of where a plainer one would not help", () => {
    expect(check(["lab/Tool:1.0"], "title: x\n", AT_ROOT, RECORD_2019)).toEqual([]);
    expect(check(["lab/Tool:1.0"], "title: x\n", { url: "https://lab.example.org/registry/" })).toEqual([]);
    expect(check(["lab/Tool:1.0"], "protocols:\n  oci: false\n")).toEqual([]);
  });

  test("is told of as a warning, and once, where the protocol was asked for", () => {
    expect(check(["lab/Tool:1.0"], "protocols:\n  oci: true\n")).toEqual([
      ["protocol-skips", "registry/lab/Tool/manifests/1.0", "lab/Tool:1.0", "oci"],
    ]);
  });

  test("is not told of a private collection", () => {
    const files = {
      "registry/lab/Tool/README.md": "---\nvisibility: private\n---\n",
      "registry/lab/Tool/manifests/1.0/README.md": record2("", IMAGE),
      [IMAGE]: "x",
    };
    expect(checkFiles(files, ["unpullable"], AT_ROOT)).toEqual([]);
  });
});
