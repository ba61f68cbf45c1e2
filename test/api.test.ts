import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildSite } from "../src/index.ts";
import { DEFINITION, RECORD_2019, listFiles, registryOf } from "./support/registry.ts";

test("serves a record of 2019 number for number", async () => {
  const root = registryOf({
    "registry/vanessa/fortune/manifests/latest/Singularity": DEFINITION,
    "registry/vanessa/fortune/manifests/latest/README.md": RECORD_2019,
  });
  await buildSite({ root, out: join(root, "_site") });
  expect(listFiles(join(root, "_site"))).toContain("vanessa/fortune/tags/index.json");
  expect(JSON.parse(readFileSync(join(root, "_site/vanessa/fortune/tags/index.json"), "utf8"))).toEqual({
    name: "vanessa/fortune",
    tags: ["latest"],
  });
});
