import { gzipSync } from "node:zlib";
import { groupBy } from "../src/group-by.ts";
import type { Collection } from "../src/registry/model.ts";
import { seededRandom } from "./random.ts";
import { searchableCollections } from "./search-registry.ts";
import { ServedIndex, mistyped, scriptBytes, someNames } from "./search-visitor.ts";

const QUERIES = 150;
const TYPED_NAMES = 20;

await benchmark(Number(process.argv[2] ?? 10_000));

/**
 * What a search costs a visitor, and how long an answer takes, reading and parsing its pieces included.
 *
 *     npx tsx bench/search.ts          # a registry of 10,000 collections with five tags each
 *     npx tsx bench/search.ts 1000
 */
async function benchmark(count: number): Promise<void> {
  const collections = searchableCollections(count);
  const before = process.cpuUsage();
  const served = await ServedIndex.of(collections);
  const { user, system } = process.cpuUsage(before);
  const bodies = [...served.bodies];
  const bytes = bodies.reduce((sum, [, body]) => sum + Buffer.byteLength(body), 0);
  print(
    `${count} collections: ${bodies.length} files, ${bytes} bytes (${perCollection(bytes, count)} a collection), `,
  );
  print(`made in ${Math.round((user + system) / 1000)} ms of a processor\n`);
  for (const [kind, size] of sizesByKind(bodies)) print(`  ${kind.padEnd(16)} ${size}\n`);
  print(`scripts: ${scriptBytes()} bytes (gzip)\n\n`);
  for (const [kind, queries] of queriesOf(collections)) print(await measure(served, kind, queries));
  print(await measureTyping(served, someNames(collections, TYPED_NAMES)));
}

function print(text: string): void {
  process.stdout.write(text);
}

function perCollection(bytes: number, count: number): number {
  return Math.round(bytes / count);
}

function sizesByKind(bodies: readonly (readonly [string, string])[]): Map<string, string> {
  const sizes = groupBy(bodies, ([path]) => [path.replace(/^search\/|(?:\/\d+)?\.json$/g, "")]);
  return new Map(
    [...sizes].map(([kind, files]) => {
      const gzipped = files.map(([, body]) => gzipSync(body).length);
      return [kind, `${files.length} files, the largest ${Math.max(...gzipped)} bytes (gzip)`];
    }),
  );
}

function queriesOf(collections: readonly Collection[]): (readonly [string, readonly string[]])[] {
  const random = seededRandom(11);
  const names = someNames(collections, QUERIES);
  return [
    ["first letter", "abcdefghijklmnopqrstuvwxyz".split("")],
    ["two letters", names.map((name) => name.slice(0, 2))],
    ["a name", names],
    ["a mistyped name", names.filter((name) => name.length >= 5).map((name) => mistyped(name, random))],
    [
      "frequent words",
      ["genome analysis", "ubuntu", "python tool", "variant calling pipeline", "the", "1.10.0"],
    ],
    ["nothing at all", ["qqqq", "xyzzyxyzzy", "0000000000"]],
  ];
}

/** Each question is a visitor's first. */
async function measure(served: ServedIndex, kind: string, queries: readonly string[]): Promise<string> {
  const times: number[] = [];
  const bytes: number[] = [];
  const files: number[] = [];
  let answered = 0;
  for (const query of queries) {
    const visitor = served.visitor();
    times.push(
      await timeOf(async () => {
        const { ids } = await visitor.ask(query);
        if (ids.length > 0) answered++;
      }),
    );
    bytes.push(visitor.traffic.bytes + scriptBytes());
    files.push(visitor.traffic.files);
  }
  return (
    `${kind.padEnd(16)} ${answered}/${queries.length} answered; ${timesText(times)}; ` +
    `${quantile(bytes, 0.5)} bytes p50 ${quantile(bytes, 1)} max; ${quantile(files, 1)} files at most\n`
  );
}

/** One visitor types names letter by letter, and counts all facets each time: what is read once is kept. */
async function measureTyping(served: ServedIndex, names: readonly string[]): Promise<string> {
  const visitor = served.visitor();
  const times: number[] = [];
  for (const name of names) {
    for (let length = 1; length <= name.length; length++) {
      times.push(await timeOf(() => visitor.ask(name.slice(0, length))));
      times.push(await timeOf(() => visitor.narrow(name.slice(0, length), {})));
    }
  }
  const { bytes, files } = visitor.traffic;
  return `typing ${names.length} names: ${times.length} answers; ${timesText(times)}; ${bytes} bytes in ${files} files in all\n`;
}

/** Milliseconds of a processor, whatever else the machine does. */
async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function timesText(times: readonly number[]): string {
  const text = (share: number) => `${quantile(times, share)?.toFixed(1)} ms`;
  return `${text(0.5)} p50 ${text(0.95)} p95 ${text(1)} max`;
}

function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
