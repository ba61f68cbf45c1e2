import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROTOCOLS } from "../src/registry/config.ts";
import { type Random, seededRandom } from "./random.ts";
import { collectionReadme, definitionFile, record, record2019 } from "./texts.ts";

export const TAGS = ["1.0", "1.1", "2.0", "2.1", "latest"] as const;

const COLLECTIONS_PER_NAMESPACE = 20;
const FIELDS = ["genomics", "imaging", "physics", "climate", "teaching"] as const;
const TOOLS = ["align", "blast+", "caller", "denoise", "fold", "mesh", "plot", "solver"] as const;

/**
 * Writes a registry of `count` collections with five tags each below `root`, the same in every run, and returns
 * how many files it is. Of the tags nine in ten have a record, some one of 2019, some none.
 *
 *     generateRegistry("/tmp/example", 1000)   // /tmp/example/registry/imaging-17/mesh-42/manifests/2.1/Singularity
 */
export function generateRegistry(root: string, count: number, hasProtocols: boolean): number {
  let fileCount = 0;
  const write = (folder: string, name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    fileCount++;
  };
  mkdirSync(root, { recursive: true });
  write(root, "registry.yml", registryYml(hasProtocols));
  for (let index = 0; index < count; index++) {
    const random = seededRandom(index);
    const name = `${random.pick(TOOLS)}-${index}`;
    const collection = join(root, "registry", namespaceAt(random, count), name);
    for (const tag of TAGS) {
      const folder = join(collection, "manifests", tag);
      mkdirSync(folder, { recursive: true });
      const definition = definitionFile(random, name, tag);
      const readme = tagReadme(random, name, tag, definition);
      write(folder, "Singularity", definition);
      if (readme !== undefined) write(folder, "README.md", readme);
    }
    write(collection, "README.md", collectionReadme(random, name));
  }
  return fileCount;
}

function registryYml(hasProtocols: boolean): string {
  const off = PROTOCOLS.map((protocol) => `  ${protocol}: false\n`).join("");
  const title = "title: Benchmark\ndescription: A registry that a program made.\n";
  return hasProtocols ? title : `${title}protocols:\n${off}`;
}

/** Every fifth namespace lies in another. */
function namespaceAt(random: Random, count: number): string {
  const index = random.between(0, Math.max(0, Math.round(count / COLLECTIONS_PER_NAMESPACE) - 1));
  const namespace = `${FIELDS[index % FIELDS.length]}-${index}`;
  return index % 5 === 4 ? `${FIELDS[0]}-${index - 4}/${namespace}` : namespace;
}

function tagReadme(random: Random, collection: string, tag: string, definition: string): string | undefined {
  const draw = random.between(1, 20);
  if (draw === 1) return undefined;
  return draw === 2 ? record2019(random, collection, tag) : record(random, collection, tag, definition);
}
