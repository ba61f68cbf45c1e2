import { existsSync, mkdtempSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { TAGS } from "./generate-registry.ts";
import { type Measurement, RUNS, measure, removeFolder } from "./measure.ts";
import { formatGrowth, formatScans, formatTable } from "./report.ts";

const DEFAULT_SIZES = ["1000", "10000"];
const MEMORY_FILE_SYSTEM = "/dev/shm";
/** What a collection and its site take on a disk, folders too, in bytes and with room to spare. */
const BYTES_PER_COLLECTION = 1024 * 1024;

await benchmark();

/**
 * How long `stowage site` takes, against the floor: a process that only reads the same files and writes files of
 * the same sizes.
 *
 *     npm run bench                  # registries of 1000 and of 10,000 collections
 *     npm run bench -- 200 400 800   # of any other sizes
 *     npm run bench -- --protocols   # with every protocol that clients speak, instead of none
 */
async function benchmark(): Promise<void> {
  const { sizes, hasProtocols } = readArguments();
  const parent = parentFolder(Math.max(...sizes));
  const folder = mkdtempSync(join(parent, "stowage-bench-"));
  process.once("exit", () => removeFolder(folder));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

  const measurements: Measurement[] = [];
  for (const size of sizes) {
    process.stderr.write(`${size} collections …\n`);
    measurements.push(await measure(join(folder, String(size)), size, hasProtocols));
  }
  process.stdout.write(
    `${introduction(parent)}\n${formatTable(measurements)}\n${formatScans(measurements)}${formatGrowth(measurements)}`,
  );
}

/** Numbers of collections, and whether sites serve more than pages and Stowage's own API. */
function readArguments(): { sizes: number[]; hasProtocols: boolean } {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { protocols: { type: "boolean", default: false } },
  });
  const sizes = (positionals.length > 0 ? positionals : DEFAULT_SIZES).map(Number);
  if (sizes.every((size) => Number.isInteger(size) && size > 0)) {
    return { sizes, hasProtocols: values.protocols };
  }
  throw new Error(
    `${positionals.join(" ")}: expected numbers of collections, such as ${DEFAULT_SIZES.join(" ")}`,
  );
}

/** A memory file system where there is one that is large enough (in a container it often is not). */
function parentFolder(collections: number): string {
  if (!existsSync(MEMORY_FILE_SYSTEM)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY_FILE_SYSTEM);
  return bavail * bsize >= collections * BYTES_PER_COLLECTION ? MEMORY_FILE_SYSTEM : tmpdir();
}

function introduction(parent: string): string {
  return `Registries of so many collections with ${TAGS.length} tags each, in ${parent}; Node ${process.version}, ${availableParallelism()} processors.
build: \`node dist/cli.js site\`, from the start of the process to its end.
floor: a Node process, likewise, that lists and reads every file of the registry once, and writes files of
       the same paths and sizes as the site's, with nothing between.
Times are medians of ${RUNS} runs of each, in turn; peak is the most memory that any build had at once.
`;
}
