import { describe, expect, test } from "vitest";
import { buildFiles, storedTag } from "./support/protocols.ts";
import { DEFINITION } from "./support/registry.ts";

const FILES = {
  ...storedTag("vanessa/greeting:1.0", undefined, 'labels: { Maintainer: Vanessa, "Org.Key": "A/B" }\n'),
  ...storedTag(
    "vanessa/greeting:latest",
    undefined,
    "labels: { Maintainer: Vanessa, maintainer: VANESSA }\n",
  ),
  ...storedTag("Lab/Greeting:V1", undefined, "labels: { Maintainer: Somebody }\n"),
  ...storedTag("lab/deep/tool:1.0"),
  "registry/lab/planned/manifests/1.0/Singularity": DEFINITION,
};

const uris = (list: unknown) => (list as { containers: { uri: string }[] }).containers.map(({ uri }) => uri);
const found = (list: unknown) =>
  (list as { collection: string; name: string; tag: string }[]).map(
    ({ collection, name, tag }) => `${collection}/${name}:${tag}`,
  );

describe("/api/collections/", () => {
  test("lists every namespace with its images, on one page", async () => {
    const { json } = await buildFiles(FILES, { url: "https://lab.org/r/" });
    expect(json("api/collections/index.json")).toEqual({
      count: 4,
      next: null,
      previous: null,
      results: ["Lab", "lab/deep", "lab", "vanessa"].map((name, index) => ({
        id: index + 1,
        name,
        add_date: "",
        modify_date: "",
        metadata: {},
        containers: expect.any(Array),
      })),
    });
    const { results } = json("api/collections/index.json") as { results: { containers: unknown[] }[] };
    expect(results.map(({ containers }) => containers.length)).toEqual([1, 1, 0, 2]);
    expect(results[3]?.containers[0]).toEqual({
      name: "greeting",
      tag: "1.0",
      uri: "vanessa/greeting:1.0",
      detail: "https://lab.org/r/vanessa/greeting/tags/1.0/",
    });
  });
});

describe("/api/collection/WORD/", () => {
  test("finds by a namespace, an outer one, and the name of a collection, in lower case", async () => {
    const { json, paths } = await buildFiles(FILES);
    const words = paths.flatMap((path) => /^api\/collection\/(.+)\/index\.json$/.exec(path)?.[1] ?? []);
    expect(words.sort()).toEqual(["greeting", "lab", "lab/deep", "planned", "tool", "vanessa"]);
    const of = (word: string) => uris(json(`api/collection/${word}/index.json`));
    expect(of("vanessa")).toEqual(["vanessa/greeting:1.0", "vanessa/greeting:latest"]);
    expect(of("lab")).toEqual(["Lab/Greeting:V1", "lab/deep/tool:1.0"]);
    expect(of("lab/deep")).toEqual(["lab/deep/tool:1.0"]);
    expect(of("greeting")).toEqual(["Lab/Greeting:V1", "vanessa/greeting:1.0", "vanessa/greeting:latest"]);
    expect(of("planned")).toEqual([]);
  });

  test("finds once what is called as its namespace is", async () => {
    const { json } = await buildFiles(storedTag("tool/tool:1.0"));
    expect(uris(json("api/collection/tool/index.json"))).toEqual(["tool/tool:1.0"]);
  });
});

describe("/api/container/search/", () => {
  test("finds by namespace and name, by name alone, and by each with a tag", async () => {
    const { json } = await buildFiles(FILES);
    const of = (query: string) => found(json(`api/container/search/${query}/index.json`));
    expect(of("collection/vanessa/name/greeting")).toEqual([
      "vanessa/greeting:1.0",
      "vanessa/greeting:latest",
    ]);
    expect(of("collection/vanessa/name/greeting/tag/latest")).toEqual(["vanessa/greeting:latest"]);
    expect(of("name/greeting")).toEqual([
      "Lab/Greeting:V1",
      "vanessa/greeting:1.0",
      "vanessa/greeting:latest",
    ]);
    expect(of("name/greeting/tag/v1")).toEqual(["Lab/Greeting:V1"]);
    expect(of("collection/lab/deep/name/tool/tag/1.0")).toEqual(["lab/deep/tool:1.0"]);
    expect(of("collection/lab/name/planned")).toEqual([]);
  });

  test("shares an answer among names that differ by case, and keeps their case in it", async () => {
    const { json, paths } = await buildFiles({
      ...storedTag("Lab/tool:V1"),
      ...storedTag("lab/Tool:v1"),
      ...storedTag("lab/tool:1.0"),
    });
    const path = "api/container/search/collection/lab/name/tool";
    expect(found(json(`${path}/index.json`))).toEqual(["Lab/tool:V1", "lab/Tool:v1", "lab/tool:1.0"]);
    expect(found(json(`${path}/tag/v1/index.json`))).toEqual(["Lab/tool:V1", "lab/Tool:v1"]);
    expect(paths.filter((each) => /^api\/co.*[A-Z].*\/index\.json$/.test(each))).toEqual([]);
  });
});

describe("/api/labels/search/", () => {
  test("lists every label with its images, and finds by key, by value and by both", async () => {
    const { json } = await buildFiles(FILES);
    const label = (key: string, value: string, ...containers: string[]) => ({ key, value, containers });
    const vanessa = label("Maintainer", "Vanessa", "vanessa/greeting:1.0", "vanessa/greeting:latest");
    const capitals = label("maintainer", "VANESSA", "vanessa/greeting:latest");
    const somebody = label("Maintainer", "Somebody", "Lab/Greeting:V1");
    const slash = label("Org.Key", "A/B", "vanessa/greeting:1.0");
    const of = (query: string) => json(`api/labels/search/${query}index.json`);
    expect(of("")).toEqual([somebody, vanessa, slash, capitals]);
    expect(of("maintainer/key/")).toEqual([somebody, vanessa, capitals]);
    expect(of("vanessa/value/")).toEqual([vanessa, capitals]);
    expect(of("maintainer/key/vanessa/value/")).toEqual([vanessa, capitals]);
    expect(of("org.key/key/a/b/value/")).toEqual([slash]);
    expect(of("a/b/value/")).toEqual([slash]);
  });

  test("is an empty list where nothing has a label", async () => {
    const { json, paths } = await buildFiles(storedTag("lab/tool:1.0"));
    expect(json("api/labels/search/index.json")).toEqual([]);
    expect(paths.filter((path) => path.startsWith("api/labels/"))).toHaveLength(1);
  });
});
