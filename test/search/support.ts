import { ServedIndex } from "../../bench/search-visitor.ts";
import { scanRegistry } from "../../src/index.ts";
import { publicRegistry } from "../../src/registry/scan.ts";
import { type Files, registryOf } from "../support/registry.ts";

/** The index of a registry with these files. */
export function indexOf(files: Files): Promise<ServedIndex> {
  return ServedIndex.of(publicRegistry(scanRegistry({ root: registryOf(files) })).collections);
}

/** A definition file with more behind it. */
export const definition = (more = "", from = "busybox:1.36") =>
  `Bootstrap: docker\nFrom: ${from}\n\n%post\n    true\n${more}`;

/** The names of the collections that a visitor is shown. */
export async function namesFor(served: ServedIndex, query: string): Promise<readonly string[]> {
  return (await served.visitor().ask(query)).names;
}
