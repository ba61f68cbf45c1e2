import { describe, expect, test } from "vitest";
import { IMAGE, buildFiles, recordOf, storedTag, testImage } from "./support/protocols.ts";
import { DEFINITION, RECORD_2019, record2 } from "./support/registry.ts";

const MD5 = "a".repeat(32);
const SHA1 = "b".repeat(40);
const OTHER = testImage("another image");
const hashes = (md5 = MD5, sha1 = SHA1) => `md5: ${md5}\nsha1: ${sha1}\n`;

/** The names that `/api/container/` answers to. */
const namesIn = (paths: readonly string[]) =>
  paths.flatMap((path) => /^api\/container\/(?!search\/)(.*)$/.exec(path)?.[1] ?? []);

describe("/api/container/", () => {
  test("says where an image lies, and by what its client keeps it", async () => {
    const labels = 'labels: { Maintainer: "Vanessa <v@example.org>" }\n';
    const { json } = await buildFiles(
      {
        ...storedTag("vanessa/greeting:1.0", IMAGE, labels),
        "registry/vanessa/greeting/manifests/1.0/.frozen": "",
      },
      { url: "https://lab.org/r/" },
    );
    expect(json("api/container/vanessa/greeting:1.0")).toEqual({
      id: 1,
      name: "greeting",
      tag: "1.0",
      collection: "vanessa",
      image: `https://lab.org/r/${IMAGE.path}`,
      commit: IMAGE.sha256,
      version: IMAGE.sha256,
      add_date: "2026-11-20T12:00:00Z",
      metrics: {},
      frozen: true,
      metadata: { size_mb: 0, architecture: "amd64", labels: { Maintainer: "Vanessa <v@example.org>" } },
    });
  });

  test("names an image elsewhere by its own address, and keeps it by its md5 where that is all", async () => {
    const { json } = await buildFiles({
      "registry/lab/old/manifests/1.0/README.md": RECORD_2019.replaceAll(/sha256:\w+/g, `md5:${MD5}`),
    });
    expect(json("api/container/lab/old:1.0")).toMatchObject({
      image: expect.stringMatching(/^https:\/\/storage\.example\.org\//),
      commit: MD5,
      version: MD5,
      add_date: "",
      metadata: { labels: {} },
    });
    expect(json("api/container/lab/old:1.0")).not.toHaveProperty("metadata.size_mb");
  });

  test("answers to the md5 and the sha1 of the file, with the tag and without", async () => {
    const { paths, read } = await buildFiles(storedTag("lab/tool:1.0", IMAGE, hashes()));
    const names = [
      "lab/tool:1.0",
      ...[MD5, SHA1].flatMap((hash) => [`lab/tool:1.0@${hash}`, `lab/tool@${hash}`]),
    ];
    expect(namesIn(paths)).toEqual(names.sort());
    const bodies = new Set(names.map((name) => read(`api/container/${name}`)));
    expect(bodies.size).toBe(1);
  });

  test("gives an image of two tags to the first of them where a hash alone is asked for", async () => {
    const { json, paths } = await buildFiles({
      ...storedTag("lab/tool:1.0", IMAGE, hashes()),
      ...storedTag("lab/tool:2.0", IMAGE, hashes()),
      ...storedTag("lab/twin:1.0", IMAGE, hashes()),
    });
    expect(json(`api/container/lab/tool@${MD5}`)).toMatchObject({ name: "tool", tag: "1.0" });
    expect(json(`api/container/lab/tool:2.0@${MD5}`)).toMatchObject({ name: "tool", tag: "2.0" });
    expect(json(`api/container/lab/twin@${SHA1}`)).toMatchObject({ name: "twin" });
    expect(namesIn(paths)).toHaveLength(3 * 3 + 2 * 2);
  });

  test("answers in lower case where that name is free, and keeps the case in the body", async () => {
    const { json, paths } = await buildFiles(storedTag("Lab/Tool:V1", IMAGE, `md5: ${MD5}\n`));
    expect(namesIn(paths)).toEqual(
      ["Lab/Tool:V1", `Lab/Tool:V1@${MD5}`, `Lab/Tool@${MD5}`, "lab/tool:v1", `lab/tool:v1@${MD5}`].sort(),
    );
    expect(json("api/container/lab/tool:v1")).toMatchObject({ collection: "Lab", name: "Tool", tag: "V1" });
  });

  test("gives a name in lower case to who is called so, else to the first", async () => {
    const two = { ...storedTag("LAB/tool:1.0"), ...storedTag("Lab/tool:1.0", OTHER) };
    const first = await buildFiles(two);
    expect(first.json("api/container/lab/tool:1.0")).toMatchObject({
      collection: "LAB",
      commit: IMAGE.sha256,
    });
    expect(first.json("api/container/Lab/tool:1.0")).toMatchObject({
      collection: "Lab",
      commit: OTHER.sha256,
    });
    const third = testImage("third");
    const { json } = await buildFiles({ ...two, ...storedTag("lab/tool:1.0", third) });
    expect(json("api/container/lab/tool:1.0")).toMatchObject({ collection: "lab", commit: third.sha256 });
    expect(json("api/container/LAB/tool:1.0")).toMatchObject({ collection: "LAB", commit: IMAGE.sha256 });
  });

  test("answers to a nested name as a whole, and below its outer parts", async () => {
    const { read, json, paths } = await buildFiles({
      ...storedTag("a/b/c:1.0", IMAGE, `md5: ${MD5}\n`),
      ...storedTag("a/b/C/d:1.0", OTHER),
    });
    for (const name of ["c:1.0", `c:1.0@${MD5}`, `c@${MD5}`]) {
      expect(read(`a/api/container/b/${name}`)).toBe(read(`api/container/a/b/${name}`));
    }
    expect(json("a/b/api/container/C/d:1.0")).toMatchObject({ collection: "a/b/C", commit: OTHER.sha256 });
    expect(read("a/b/api/container/c/d:1.0")).toBe(read("api/container/a/b/c/d:1.0"));
    expect(paths.filter((path) => path.startsWith("a/b/c/api/"))).toEqual([]);
  });

  test("has nothing for what is not built, gone, or out of the client's reach", async () => {
    const { paths } = await buildFiles({
      ...storedTag("lab/tool:1.0"),
      "registry/lab/tool/manifests/dev/Singularity": DEFINITION,
      "registry/lab/tool/manifests/gone/README.md": recordOf(OTHER),
      "registry/lab/tool/manifests/oras/README.md": record2("", "oras://example.org/x:1"),
      "registry/lab/tool/manifests/sha512/README.md": RECORD_2019.replaceAll(
        /sha256:\w+/g,
        `sha512:${"c".repeat(128)}`,
      ),
    });
    expect(namesIn(paths)).toEqual(["lab/tool:1.0"]);
  });

  test("gives each image a number of its own", async () => {
    const files = ["a/x:1", "a/x:2", "b/x:1", "c/y:1"].map((reference) => storedTag(reference));
    const { paths, json } = await buildFiles(Object.assign({}, ...files) as Record<string, Buffer>);
    const ids = namesIn(paths).map((name) => (json(`api/container/${name}`) as { id: number }).id);
    expect(ids).toEqual([1, 2, 3, 4]);
  });
});
