import { readFileSync } from "node:fs";
import { join } from "node:path";
import fastGlob from "fast-glob";
import matter from "gray-matter";
import { CORE_SCHEMA, load } from "js-yaml";
import { type Registry, scanRegistry } from "../src/index.ts";
import { RUNS, median } from "./measure.ts";

/** What reading a registry took; medians, in milliseconds. */
export interface ScanMeasurement {
  readonly collections: number;
  /** Walk, read, parse, validate, compare recipes. */
  readonly scan: number;
  /** fast-glob, read, gray-matter with js-yaml: only the first half of the same work. */
  readonly reference: number;
}

/** Scans the registry below `root` and reads it with the libraries that the scan does without, in turn. */
export function measureScan(root: string, collections: number): ScanMeasurement {
  const scans: number[] = [];
  const references: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    scans.push(timed(() => requireClean(scanRegistry({ root }))));
    references.push(timed(() => readWithLibraries(root)));
  }
  return { collections, scan: median(scans), reference: median(references) };
}

/** A finding would mean that less than everything is built. */
function requireClean({ findings }: Registry): void {
  if (findings.length > 0)
    throw new Error(`the generated registry has findings: ${JSON.stringify(findings[0])}`);
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function readWithLibraries(root: string): number {
  const options = { cwd: root, followSymbolicLinks: false, dot: true };
  const files = fastGlob.sync("registry/**/{README.md,Singularity,Apptainer,.frozen}", options).sort();
  const engines = { yaml: (text: string) => load(text, { schema: CORE_SCHEMA }) as object };
  let parsed = 0;
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    if (file.endsWith("README.md") && Object.keys(matter(text, { engines }).data).length > 0) parsed++;
  }
  return parsed;
}
