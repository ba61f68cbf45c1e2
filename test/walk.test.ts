import fastGlob from "fast-glob";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scanRegistry } from "../src/index.ts";
import { DEFINITION, registryOf } from "./support/registry.ts";

const segment = fc.constantFrom("a", "b", "lab", "greet", "x.y", "n+1");
const tag = fc.constantFrom("latest", "1.0", "1.10", "_x", "08");
const name = fc.array(segment, { minLength: 2, maxLength: 4 }).map((segments) => segments.join("/"));
const recipe = fc
  .tuple(name, tag, fc.constantFrom("Singularity", "Apptainer"))
  .map(([path, of, file]) => `registry/${path}/manifests/${of}/${file}`);
const stray = fc
  .tuple(name, fc.constantFrom("notes.md", "manifests/README.md", "tags/README.md"))
  .map(([path, file]) => `registry/${path}/${file}`);

test("the walk finds exactly the tags that fast-glob finds", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(recipe, { minLength: 1, maxLength: 12 }),
      fc.uniqueArray(stray, { maxLength: 4 }),
      (recipes, strays) => {
        const files = Object.fromEntries([
          ...recipes.map((path) => [path, DEFINITION]),
          ...strays.map((path) => [path, "x"]),
        ]);
        const root = registryOf(files as Record<string, string>);
        const globbed = fastGlob
          .sync("registry/*/**/manifests/*/{Singularity,Apptainer}", {
            cwd: root,
            followSymbolicLinks: false,
          })
          .map((path) => path.replace(/^registry\/(.*)\/manifests\/(.*)\/.*$/, "$1:$2"));
        const walked = scanRegistry({ root }).collections.flatMap((collection) =>
          collection.tags.map((found) => `${collection.name}:${found.name}`),
        );
        expect(walked.sort()).toEqual([...new Set(globbed)].sort());
      },
    ),
    { numRuns: 60 },
  );
});
