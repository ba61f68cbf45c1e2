import { truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkGitSizes } from "../../src/check/check-git-sizes.ts";
import { type SiteOptions, siteOf } from "../../src/protocols/site.ts";
import { scanRegistry } from "../../src/registry/scan.ts";
import { HEX, RECORD_2019, record2, registryOf } from "../support/registry.ts";
import { TAGS, checkFiles } from "./support.ts";

const FILE = `${TAGS}/1.0/README.md`;
const IMAGE = `images/sha256/${HEX}.sif`;
const OTHER_HEX = "0".repeat(64);

/** Line by line, so that what a test changes can be seen. */
const legacy = ({ size = "55056", digest = `sha256:${HEX}`, layers = [{}] as Layer[] } = {}) =>
  `---\nsize: ${size}\ndigest: ${digest}\nlayers:\n${layers
    .map(
      (layer) =>
        `- size: ${layer.size ?? size}\n  digest: ${layer.digest ?? digest}\n  url: ${layer.url ?? URL}\n`,
    )
    .join("")}---\n`;

interface Layer {
  readonly size?: string;
  readonly digest?: string;
  readonly url?: string;
}

const URL = "https://storage.example.org/tool.sif";

describe("a record of 2019", () => {
  const check = (record: string, image?: Buffer) =>
    checkFiles({ [FILE]: record, ...(image && { [IMAGE]: image }) }, ["record-2019"]).map(
      ({ file, line, args }) => [file, line, args["trouble"]],
    );

  test("has a size of which nobody knows the unit", () => {
    expect(check(legacy())).toEqual([[FILE, 2, "the unit of its size is not known"]]);
    expect(check(RECORD_2019)).toEqual([[FILE, 3, "the unit of its size is not known"]]);
  });

  test("has one that is known where the registry keeps the image", () => {
    const layers = [{ url: IMAGE }];
    const image = Buffer.alloc(5000);
    expect(check(legacy({ size: "5000", layers }), image)).toEqual([]);
    expect(check(legacy({ size: "5", layers }), image)).toEqual([
      [FILE, 2, "its size is in KiB, and the image has 5000 bytes"],
    ]);
    expect(check(legacy({ size: "8", layers }), image)).toEqual([
      [FILE, 2, "its size is in KiB, and the image has 5000 bytes"],
    ]);
    expect(check(legacy({ size: "4", layers }), image)).toEqual([
      [FILE, 2, "its size is 4, and the image has 5000 bytes"],
    ]);
  });

  test("that names an image of the registry that is gone is told of by another finding alone", () => {
    expect(check(legacy({ layers: [{ url: IMAGE }] }))).toEqual([]);
  });

  test.each([
    [{ digest: `sha256:${HEX.slice(1)}` }, 3, "its digest has 63 digits, and sha256 has 64"],
    [{ layers: [{ digest: `md5:${HEX}` }] }, 6, "its digest has 64 digits, and md5 has 32"],
    [{ digest: `crc:${HEX}` }, 3, "nobody knows digests called crc"],
    [
      { layers: [{ digest: `sha256:${OTHER_HEX}` }] },
      6,
      `its digests are sha256:${HEX} and sha256:${OTHER_HEX}`,
    ],
    [
      { layers: [{}, { digest: `sha256:${OTHER_HEX}` }] },
      9,
      `its digests are sha256:${HEX} and sha256:${OTHER_HEX}`,
    ],
    [{ layers: [{ size: "55057" }] }, 5, "its sizes are 55056 and 55057"],
    [
      { digest: `md5:${"a".repeat(32)}` },
      3,
      "its digest is of md5, and clients that verify an image want sha256",
    ],
    [
      { layers: [{ digest: `md5:${"a".repeat(32)}` }] },
      6,
      "its digest is of md5, and clients that verify an image want sha256",
    ],
  ])("has one trouble, the worst: %j", (record, line, trouble) => {
    expect(check(legacy(record))).toEqual([[FILE, line, trouble]]);
  });

  test("may write its digests in capitals", () => {
    const layers = [{ digest: `sha256:${HEX.toUpperCase()}`, url: IMAGE }];
    expect(check(legacy({ size: "5", layers }), Buffer.alloc(5))).toEqual([]);
  });

  test("is another than one of schema 2", () => {
    expect(check(record2())).toEqual([]);
  });
});

describe("an address", () => {
  const OTHER = `${TAGS}/2.0/README.md`;
  const check = (...records: string[]) =>
    checkFiles(Object.fromEntries(records.map((text, index) => [`${TAGS}/${index + 1}.0/README.md`, text])), [
      "image-conflict",
    ]);

  test("is one image: records that say otherwise are both told of", () => {
    const other = record2("", URL).replaceAll(HEX, OTHER_HEX);
    const digest = `sha256:${HEX}`;
    const found = check(record2("", URL), other, other);
    expect(found.slice(0, 2)).toEqual([
      {
        code: "image-conflict",
        file: FILE,
        line: 9,
        args: { image: URL, digest, other: `sha256:${OTHER_HEX}`, file: OTHER },
      },
      {
        code: "image-conflict",
        file: OTHER,
        line: 9,
        args: { image: URL, digest: `sha256:${OTHER_HEX}`, other: digest, file: FILE },
      },
    ]);
    expect(found.map(({ file }) => file)).toEqual([FILE, OTHER, `${TAGS}/3.0/README.md`]);
  });

  test("may be that of several tags", () => {
    expect(check(record2("", URL), record2("", URL))).toEqual([]);
    expect(check(legacy(), legacy({ digest: `sha256:${HEX.toUpperCase()}` }))).toEqual([]);
  });

  test("in the registry itself is called by its digest, so that another finding tells which record is wrong", () => {
    const other = record2("", "URL").replaceAll(HEX, OTHER_HEX).replace("URL", IMAGE);
    expect(check(record2("", IMAGE), other)).toEqual([]);
  });

  test("may be compared by md5 in one record and by sha256 in another", () => {
    expect(check(record2("", URL), legacy({ digest: `md5:${"a".repeat(32)}` }))).toEqual([]);
  });
});

describe("an image in git", () => {
  const LIMIT = 100 * 1024 * 1024;
  const check = (size: number, registryYml: string, options: SiteOptions = {}) => {
    const root = registryOf({ [FILE]: record2("", IMAGE), [IMAGE]: "", "registry.yml": registryYml });
    truncateSync(join(root, IMAGE), size);
    const registry = scanRegistry({ root });
    return [...checkGitSizes(registry, siteOf(registry, options))];
  };

  test("is larger than GitHub takes", () => {
    expect(check(LIMIT + 1, "title: x\n")).toEqual([
      { code: "git-too-large", file: IMAGE, args: { file: IMAGE, size: "100 MiB", limit: "100 MiB" } },
    ]);
    expect(check(LIMIT + 1, "repository: https://github.com/lab/registry\nhost: server\n")).toHaveLength(1);
  });

  test.each([
    ["it is not", LIMIT, "title: x\n"],
    ["the repository is elsewhere", LIMIT + 1, "repository: https://gitlab.example.org/lab/registry\n"],
    ["nothing says that it is on GitHub", LIMIT + 1, "host: server\n"],
  ])("is fine where %s", (_, size, registryYml) => {
    expect(check(size, registryYml)).toEqual([]);
  });
});

test("a tag that is a link to another is told of once, where its files are", () => {
  const files = {
    [`${TAGS}/1.0/Singularity`]: "",
    [FILE]: legacy({ layers: [{}, { digest: `md5:${"a".repeat(32)}` }] }).replace(
      "---\n",
      "---\nlayuot: x\n",
    ),
    [`${TAGS}/2.0/README.md`]: record2("", URL).replaceAll(HEX, OTHER_HEX),
  };
  const found = checkFiles(files, ["dead-key", "record-2019", "image-conflict", "bad-definition"], {
    links: { [`${TAGS}/latest`]: "1.0" },
  });
  expect(found.map(({ code, file }) => [code, file])).toEqual([
    ["dead-key", FILE],
    ["bad-definition", `${TAGS}/1.0/Singularity`],
    ["record-2019", FILE],
    ["image-conflict", FILE],
    ["image-conflict", `${TAGS}/2.0/README.md`],
  ]);
});
