import { type DescriptorTable, type Extent, HEADER_EXTENT, type SifHeader } from "./header.ts";
import type { SifObject } from "./objects.ts";

/**
 * What cannot be in a whole image, though the rest can be read: one sentence each, without its end. Nothing here follows
 * a link or reads a byte, so that no circle is walked twice.
 */
export function layoutProblems(
  header: SifHeader,
  objects: readonly SifObject[],
  size: number | undefined,
): string[] {
  return [
    ...endProblems(objects, size),
    ...overlapProblems(header.descriptors, objects),
    ...idProblems(objects),
    ...linkProblems(objects),
    ...architectureProblems(header, objects),
  ];
}

function endProblems(objects: readonly SifObject[], size: number | undefined): string[] {
  if (size === undefined) return [];
  return objects
    .filter((object) => object.offset + object.size > size)
    .map(
      (object) =>
        `the file ends at ${size} bytes, before its object ${object.id} does, at ${object.offset + object.size}`,
    );
}

interface Named extends Extent {
  readonly title: string;
}

/** Each part of the file against that which reaches furthest of those that begin before it. */
function overlapProblems(table: DescriptorTable, objects: readonly SifObject[]): string[] {
  const parts: Named[] = [
    { title: "the header", ...HEADER_EXTENT },
    { title: "the list of objects", offset: table.offset, size: table.size },
    ...objects.map(({ id, offset, size }) => ({ title: `object ${id}`, offset, size })),
  ].filter(({ size }) => size > 0);
  const problems: string[] = [];
  let furthest: Named | undefined;
  for (const part of parts.sort((a, b) => a.offset - b.offset)) {
    if (furthest && part.offset < endOf(furthest)) problems.push(`${part.title} overlaps ${furthest.title}`);
    if (!furthest || endOf(part) > endOf(furthest)) furthest = part;
  }
  return problems;
}

function endOf({ offset, size }: Extent): number {
  return offset + size;
}

function idProblems(objects: readonly SifObject[]): string[] {
  const seen = new Set<number>();
  const problems: string[] = [];
  for (const { id } of objects) {
    if (id === 0) problems.push("an object has the id 0, which means none");
    if (seen.has(id)) problems.push(`two objects have the id ${id}`);
    seen.add(id);
  }
  return problems;
}

function linkProblems(objects: readonly SifObject[]): string[] {
  const groups = new Set(objects.map(({ group }) => group));
  const links = new Map<number, number>();
  const ids = new Set(objects.map(({ id }) => id));
  const problems: string[] = [];
  for (const { id, link } of objects) {
    if (!link) continue;
    if ("group" in link) {
      if (!groups.has(link.group)) problems.push(`object ${id} is about group ${link.group}, which is empty`);
    } else if (ids.has(link.object)) links.set(id, link.object);
    else problems.push(`object ${id} is about object ${link.object}, which is not there`);
  }
  return [...problems, ...circles(links)];
}

/** Each object is linked to one other at most: whoever comes back to where he was in the same walk is in a circle. */
function circles(links: ReadonlyMap<number, number>): string[] {
  const problems: string[] = [];
  const done = new Set<number>();
  for (const start of links.keys()) {
    const walk = new Set<number>();
    let at: number | undefined = start;
    while (at !== undefined && !done.has(at)) {
      done.add(at);
      walk.add(at);
      at = links.get(at);
    }
    if (at !== undefined && walk.has(at)) problems.push(`object ${at} is about itself, in a circle of links`);
  }
  return problems;
}

function architectureProblems({ architecture }: SifHeader, objects: readonly SifObject[]): string[] {
  const primary = objects.find(({ partition }) => partition === "primary system")?.architecture;
  if (architecture === undefined || primary === undefined || primary === architecture) return [];
  return [`the header says ${architecture}, and the primary partition ${primary}`];
}
