import fc from "fast-check";
import { dump } from "js-yaml";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openBuilder } from "../../src/build/open-builder.ts";
import { siteOf } from "../../src/protocols/site.ts";
import { type Config, readConfig } from "../../src/registry/config.ts";
import { openStorage } from "../../src/storage/open-storage.ts";
import { PROJECT } from "../support/cli.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { HEX, temporaryFolder } from "../support/registry.ts";
import { collectionName, expectRefused, jsonAround, mutated, strangeText, tagName } from "./support.ts";

const REAL = readFileSync(join(PROJECT, "registry.yml"), "utf8");
const KEYS = [
  ..."title url repository tree host storage builder protocols teams theme kind bucket endpoint shub".split(
    " ",
  ),
  ..."api prefix plain-http timeout project accent logo".split(" "),
];
const VALUES = [
  ..."s3 gcs oras github-release google-cloud-build script true 1e3 lab-images lab/tool ghcr.io/lab".split(
    " ",
  ),
  ..."https://[ https://a:99999/ https://a.org/%ff a:99999/b #fff registry .. logo.svg".split(" "),
];

/** What readConfig makes of a registry.yml, which it may only refuse as the maintainer's mistake. */
function configReader(): (text: string) => Promise<Config | undefined> {
  const root = temporaryFolder();
  return (text) => {
    writeFileSync(join(root, "registry.yml"), text);
    return expectRefused(() => readConfig(root), "config");
  };
}

describe("registry.yml", () => {
  test("is read or refused at a line, whatever it says", async () => {
    const read = configReader();
    const any = fc.oneof(
      mutated(REAL),
      strangeText,
      jsonAround(KEYS, VALUES).map((data) => dump(data)),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const config = await read(text);
        const { title, storage } = config ?? { title: "none", storage: { kind: "none" } };
        expect([typeof title, typeof storage.kind]).toEqual(["string", "string"]);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes as long to read as its text", async () => {
    await expectLinearOnTokens(configReader(), { beginnings: ["title: ", "url: https://", "teams: {a: ["] });
  });
});

const web = fc
  .tuple(
    fc.constantFrom("http", "https"),
    fc.array(fc.constantFrom(...Array.from("aé.:/@[]%?#0-9")), { minLength: 1, maxLength: 12 }),
  )
  .map(([scheme, rest]) => `${scheme}://${rest.join("")}`);
const host = fc.stringMatching(/^[A-Za-z0-9.-]{1,12}(?::[0-9]{1,5})?(?:\/[a-z0-9]{1,5})?$/);

const places = fc.oneof(
  web.map((url) => ({ url })),
  web.map((repository) => ({ repository })),
  fc.tuple(web, web).map(([endpoint, url]) => ({ storage: { kind: "s3", bucket: "lab", endpoint, url } })),
  fc.tuple(web, web).map(([endpoint, url]) => ({ storage: { kind: "gcs", bucket: "lab", endpoint, url } })),
  web.map((api) => ({ storage: { kind: "github-release", repository: "lab/tool", api } })),
  host.map((repository) => ({ storage: { kind: "oras", repository } })),
  fc.tuple(web, web).map(([endpoint, other]) => ({
    builder: {
      kind: "google-cloud-build",
      project: "lab",
      bucket: "lab",
      endpoint,
      "storage-endpoint": other,
    },
  })),
);

test("whatever place registry.yml may name can be opened, or is refused", async () => {
  const read = configReader();
  const env = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b", AWS_REGION: "here", GITHUB_TOKEN: "t" };
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(places, collectionName, tagName, async (data, collection, tag) => {
      const config = await read(dump(data));
      if (!config) return;
      const registry = { config, collections: [], images: new Map<string, number>(), findings: [] };
      await expectRefused(() => siteOf(registry), "usage");
      const storage = await expectRefused(
        () => openStorage(config.storage, { root: ".", env }),
        "storage",
        "config",
      );
      const address = storage?.url({ sha256: HEX, size: 1, reference: { collection, tag } as never });
      if (address?.startsWith("images/") === false) expect(URL.canParse(address), address).toBe(true);
      if (config.builder.kind === "google-cloud-build") await openBuilder(config.builder, { env });
      opened++;
    }),
    { numRuns: 300 },
  );
  expect(opened).toBeGreaterThan(30);
});
