const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Bytes for people: `1.6 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

const grouped = new Intl.NumberFormat("en");

/** A number with its thousands apart: `1,159,168`. */
export function formatNumber(value: number): string {
  return grouped.format(value);
}

/** The day of an RFC 3339 time as it is written there: `2026-11-20`. */
export function formatDay(time: string): string {
  return time.slice(0, "2026-11-20".length);
}

/** `sha256:3e8e08db66c3`: enough of a digest to tell it from its neighbours. */
export function shortDigest(digest: string): string {
  return digest.slice(0, digest.indexOf(":") + 1 + 12);
}

/** Natural order, as people read versions: 1.9 before 1.10. */
const natural = new Intl.Collator("en", { numeric: true });
export function compareNatural(a: string, b: string): number {
  return natural.compare(a, b);
}

/** `1 tag`, `2 tags`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
