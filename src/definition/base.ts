import type { ParsedDefinition } from "./definition.ts";

/** What the image is built upon, as the header of the last stage says: `docker: busybox:1.36`. */
export function baseOf({ stages }: ParsedDefinition): string | undefined {
  return baseOfHeader(stages.at(-1)?.header ?? {});
}

/** What one header says of it. */
export function baseOfHeader(header: Readonly<Record<string, string>>): string | undefined {
  const { bootstrap, from } = header;
  return bootstrap && from ? `${bootstrap}: ${from}` : bootstrap || from || undefined;
}
