import { type PullAnswer, commandOf, fileNameOf, isHttp, schemeOf } from "./pull-line.ts";
import { ADDRESS_UNKNOWN } from "./site.ts";
import type { PullTarget } from "./target.ts";

/** A plain download by apptainer, from wherever the image lies. */
export function downloadAnswer(target: PullTarget): PullAnswer {
  const { url } = target.image;
  if (!isHttp(url)) return { reason: unreachable(url) };
  return { command: commandOf("apptainer", "pull", fileNameOf(target), url) };
}

/** A plain download. */
export function curlAnswer(target: PullTarget): PullAnswer {
  const { url } = target.image;
  if (!isHttp(url) && schemeOf(url) !== "ftp") return { reason: unreachable(url) };
  // Else curl would take brackets for a list of addresses.
  const flags = /[[\]]/.test(url) ? "-gfL" : "-fL";
  return { command: commandOf("curl", flags, "-o", fileNameOf(target), url) };
}

function unreachable(url: string): string {
  const scheme = schemeOf(url);
  return scheme === undefined
    ? ADDRESS_UNKNOWN
    : `the image lies at ${scheme}://, which this client does not fetch`;
}
