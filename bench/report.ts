import type { Measurement } from "./measure.ts";

const HEAD = ["collections", "files read", "files written", "floor", "build", "build / floor", "peak"];

/** The measurements as a table for people, a size a line. */
export function formatTable(measurements: readonly Measurement[]): string {
  const rows = [HEAD, ...measurements.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("   "));
  return `${lines.join("\n")}\n`;
}

function cellsOf({ collections, filesRead, filesWritten, floor, build, peak }: Measurement): string[] {
  return [
    String(collections),
    String(filesRead),
    String(filesWritten),
    `${(floor / 1000).toFixed(2)} s`,
    `${(build / 1000).toFixed(2)} s`,
    `${(build / floor).toFixed(2)} x`,
    `${Math.ceil(peak / 1024)} MiB`,
  ];
}

/** How reading the tree compares with the libraries that it does without, a line a size. */
export function formatScans(measurements: readonly Measurement[]): string {
  return measurements
    .map(({ collections, scan: { scan, reference } }) => {
      const times = (reference / scan).toFixed(2);
      return `scan of ${collections}: fast-glob and gray-matter take ${times} x as long for the first half of it\n`;
    })
    .join("");
}

/** How time per collection changes from each size to the next, a line each: 1 is linear growth. */
export function formatGrowth(measurements: readonly Measurement[]): string {
  return measurements
    .slice(1)
    .map((larger, index) => {
      const smaller = measurements[index] ?? larger;
      const times = larger.collections / smaller.collections;
      const growthOf = (kind: "build" | "floor") => (larger[kind] / smaller[kind] / times).toFixed(2);
      return `time per collection, ${larger.collections} against ${smaller.collections}: build ${growthOf("build")} x, floor ${growthOf("floor")} x\n`;
    })
    .join("");
}
