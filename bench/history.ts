import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readHistory } from "../src/history/read-history.ts";
import { publicRegistry, scanRegistry } from "../src/registry/scan.ts";
import { TAGS } from "./generate-registry.ts";
import { RUNS, median, removeFolder } from "./measure.ts";
import { seededRandom } from "./random.ts";
import { runNode } from "./run-node.ts";
import { collectionReadme, definitionFile, record } from "./texts.ts";

const CLI = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const REPORT_PEAK = new URL("./report-peak.js", import.meta.url).href;
const MEMORY_FILE_SYSTEM = "/dev/shm";
const VERSIONS = 3;
const FIRST_SECOND = 1_767_225_600;

await benchmark(Number(process.argv[2] ?? 1000));

/**
 * What the past costs: a registry of so many collections with five tags, each built three times, a commit each; the site
 * with and without its history, and the reading of the history alone.
 *
 *     npm run --silent build && npx tsx bench/history.ts 1000
 */
async function benchmark(collections: number): Promise<void> {
  const root = mkdtempSync(
    join(existsSync(MEMORY_FILE_SYSTEM) ? MEMORY_FILE_SYSTEM : tmpdir(), "stowage-bench-"),
  );
  process.once("exit", () => removeFolder(root));
  generate(root, collections);
  const results = { with: [] as number[], without: [] as number[], reading: [] as number[] };
  let peaks = { with: 0, without: 0 };
  let files = { with: 0, without: 0 };
  for (let run = 0; run < RUNS; run++) {
    for (const kind of ["with", "without"] as const) {
      const site = join(root, "_site");
      const { milliseconds, report } = await runNode(buildArguments(root, site, kind === "without"));
      results[kind].push(milliseconds);
      peaks = { ...peaks, [kind]: Math.max(peaks[kind], report) };
      files = { ...files, [kind]: countFiles(site) };
      removeFolder(site);
    }
    results.reading.push(await timeReading(root));
  }
  const [withPast, without, reading] = [
    median(results.with),
    median(results.without),
    median(results.reading),
  ];
  process.stdout.write(
    `${collections} × ${TAGS.length} × ${VERSIONS}: the site with its history takes ${ratio(withPast, without)} times as long as without, and ${files.with} files instead of ${files.without};
reading the history alone takes ${ratio(reading, without)} of the site without; peaks ${Math.round(peaks.with / 1024)} and ${Math.round(peaks.without / 1024)} MiB.
`,
  );
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}

function buildArguments(root: string, site: string, isWithout: boolean): string[] {
  const options = ["--root", root, "--out", site, "--url", "https://registry.example.org/", "--quiet"];
  const history = isWithout ? ["--no-history"] : [];
  return ["--import", REPORT_PEAK, CLI, "site", ...options, ...history];
}

async function timeReading(root: string): Promise<number> {
  const registry = publicRegistry(scanRegistry({ root }));
  const start = performance.now();
  const history = await readHistory({ root }, registry);
  const milliseconds = performance.now() - start;
  history.close();
  return milliseconds;
}

function countFiles(site: string): number {
  return readdirSync(site, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

/** Commits by the thousand in one go, as `git fast-import` takes them. */
function generate(root: string, collections: number): void {
  mkdirSync(root, { recursive: true });
  const git = (...args: readonly string[]) => execFileSync("git", ["-C", root, ...args], { stdio: "ignore" });
  git("init", "--quiet", "--initial-branch=main");
  const input = [...commits(collections)].join("");
  const { status, stderr } = spawnSync("git", ["-C", root, "fast-import", "--quiet"], { input });
  if (status !== 0) throw new Error(`git fast-import: ${stderr.toString()}`);
  git("reset", "--quiet", "--hard", "main");
}

function* commits(collections: number): Iterable<string> {
  yield commit(0, { "registry.yml": registryYml() });
  let seconds = 0;
  for (let version = 0; version < VERSIONS; version++) {
    for (const tag of TAGS) {
      for (let index = 0; index < collections; index++) {
        const random = seededRandom(index * 1000 + version);
        const name = `tool-${index}`;
        const folder = `registry/lab-${index % 50}/${name}`;
        const definition = `${definitionFile(random, name, tag)}# ${version}\n`;
        yield commit(++seconds, {
          ...(seconds <= collections && { [`${folder}/README.md`]: collectionReadme(random, name) }),
          [`${folder}/manifests/${tag}/Singularity`]: definition,
          [`${folder}/manifests/${tag}/README.md`]: record(random, name, `${tag}-${version}`, definition),
        });
      }
    }
  }
}

function commit(seconds: number, files: Readonly<Record<string, string>>): string {
  const who = `Bench <bench@example.org> ${FIRST_SECOND + seconds * 60} +0000`;
  const parts = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${dataOf(text)}`);
  return `commit refs/heads/main\ncommitter ${who}\n${dataOf("Build")}${parts.join("")}\n`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function registryYml(): string {
  const off = ["shub", "sregistry", "labels", "library", "oci", "keys"].map((name) => `  ${name}: false\n`);
  return `title: Benchmark\nprotocols:\n${off.join("")}`;
}
