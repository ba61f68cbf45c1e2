import { formatBytes, formatNumber } from "../format.ts";
import type { SifObject } from "../sif/objects.ts";
import type { Sif } from "../sif/sif.ts";
import { type MapPart, mapOf, markOf } from "./inspect-map.ts";
import { type Look, aside, section, wrap } from "./text-layout.ts";

/** Lines narrower than this have no room for the group and the offset. */
const WIDE = 64;

/** What is in a row before it is laid out; `what` may take several lines. */
interface Row {
  readonly id: string;
  readonly group: string;
  readonly offset: string;
  readonly size: string;
  readonly share: string;
  readonly what: string;
}

/** The map of a file, and a table of what is in it. */
export function mapLines(sif: Sif, look: Look): string[] {
  const { parts, bar, scale } = mapOf(sif, Math.max(look.width - 4, 20));
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  const others = parts.filter(({ object }) => !object);
  const rows = [
    ...joinedByMark(others).map((part) => partRow(part, total)),
    ...sif.objects.map((object) => objectRow(object, total)),
  ];
  return section("Map", [...aside(scale, look), "", `  ${bar}`, "", ...tableLines(rows, look)], look);
}

/** All that is unused as one. */
function joinedByMark(parts: readonly MapPart[]): MapPart[] {
  const byMark = new Map<string, MapPart>();
  for (const part of parts) {
    const known = byMark.get(part.mark);
    byMark.set(part.mark, known ? { ...known, size: known.size + part.size } : part);
  }
  return [...byMark.values()];
}

function partRow({ mark, title = "", size }: MapPart, total: number): Row {
  const share = shareOf(size, total);
  return { id: mark, group: "", offset: "", size: formatBytes(size), share, what: title };
}

function objectRow(object: SifObject, total: number): Row {
  const { id, group, offset, size } = object;
  return {
    id: id < 10 ? String(id) : `${id} ${markOf(object)}`,
    group: group === 0 ? "-" : String(group),
    offset: formatNumber(offset),
    size: formatBytes(size),
    share: shareOf(size, total),
    what: whatIs(object),
  };
}

function shareOf(size: number, total: number): string {
  const percent = total === 0 ? 0 : (size / total) * 100;
  return percent > 0 && percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(1)} %`;
}

/** `partition: squashfs, primary system, amd64` */
function whatIs(object: SifObject): string {
  const { type, code, fileSystem, partition, architecture, hash, format, message, link, name, digest } =
    object;
  const about = link && ("group" in link ? `about group ${link.group}` : `about object ${link.object}`);
  const known = [fileSystem, partition, architecture, hash, format, message, about, name, digest];
  const details = known.filter((detail) => detail !== undefined).join(", ");
  const title = code === undefined ? type : `type ${code}, which is unknown`;
  return details === "" ? title : `${title}: ${details}`;
}

const HEAD: Row = { id: "id", group: "group", offset: "offset", size: "size", share: "share", what: "what" };

function tableLines(rows: readonly Row[], look: Look): string[] {
  const shown = (["id", "group", "offset", "size", "share"] as const).filter(
    (column) => look.width >= WIDE || (column !== "group" && column !== "offset"),
  );
  const all = [HEAD, ...rows];
  const widths = shown.map((column) => all.reduce((most, row) => Math.max(most, row[column].length), 0));
  const lines = all.map((row) => {
    const cells = shown.map((column, index) => row[column].padStart(widths[index] ?? 0));
    const start = `  ${cells.join("  ")}  `;
    const [first = "", ...rest] = wrap(row.what, look.width, start.length);
    return [start + first.trimStart(), ...rest];
  });
  const [head = [], ...body] = lines;
  return [...head.map((line) => look.paint("dim", line)), ...body.flat()];
}
