import type { ParsedDefinition } from "./definition.ts";

/** What the image is built upon, as the header of the last stage says: `docker: busybox:1.36`. */
export function baseOf({ stages }: ParsedDefinition): string | undefined {
  const { bootstrap, from } = stages.at(-1)?.header ?? {};
  return bootstrap && from ? `${bootstrap}: ${from}` : bootstrap || from || undefined;
}
