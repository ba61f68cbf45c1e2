import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateRegistry } from "./generate-registry.ts";
import { runNode } from "./run-node.ts";
import { type ScanMeasurement, measureScan } from "./scan.ts";

/** Odd, so that the median is one of them. */
export const RUNS = 3;

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const FLOOR = fileURLToPath(new URL("./floor.js", import.meta.url));
const REPORT_PEAK = new URL("./report-peak.js", import.meta.url).href;

/** What one size of registry took; times are medians, in milliseconds. */
export interface Measurement {
  readonly collections: number;
  readonly scan: ScanMeasurement;
  readonly filesRead: number;
  readonly filesWritten: number;
  readonly build: number;
  readonly floor: number;
  /** The most memory that a build had at once, in KiB: the largest of all runs. */
  readonly peak: number;
}

/** Generates a registry below `folder`, builds its site and runs its floor in turn, and removes it all again. */
export async function measure(
  folder: string,
  collections: number,
  hasProtocols: boolean,
): Promise<Measurement> {
  const root = join(folder, "registry");
  const site = join(root, "_site");
  const list = join(folder, "outputs.txt");
  mkdirSync(folder);
  try {
    const filesRead = generateRegistry(root, collections, hasProtocols);
    const builds: number[] = [];
    const floors: number[] = [];
    let peak = 0;
    let filesWritten = 0;
    for (let run = 0; run < RUNS; run++) {
      const build = await runNode(buildArguments(root, site, hasProtocols));
      builds.push(build.milliseconds);
      peak = Math.max(peak, build.report);
      if (run === 0) filesWritten = writeList(list, site);
      removeFolder(site);
      const floor = await runNode([FLOOR, root, site, list]);
      floors.push(floor.milliseconds - floor.report);
      removeFolder(site);
    }
    const scan = measureScan(root, collections);
    return { collections, scan, filesRead, filesWritten, build: median(builds), floor: median(floors), peak };
  } finally {
    removeFolder(folder);
  }
}

/** With protocols on: a host that can serve all of them. A finding on the number of files is to be expected. */
function buildArguments(root: string, site: string, hasProtocols: boolean): string[] {
  const url = "https://registry.example.org/";
  const options = ["--root", root, "--out", site, "--url", url, "--quiet"];
  return ["--import", REPORT_PEAK, CLI, "site", ...options, ...(hasProtocols ? ["--as", "server"] : [])];
}

/** Lists a site's files for the floor, and returns how many they are. */
function writeList(list: string, site: string): number {
  const lines = readdirSync(site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => `${statSync(path).size} ${path.slice(site.length + 1)}\n`);
  writeFileSync(list, lines.join(""));
  return lines.length;
}

/** A process that was just killed may still be writing: hence the second attempts. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
