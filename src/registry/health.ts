import { join } from "node:path";
import type { Finding, FindingCode } from "../finding.ts";
import { parseJson } from "../json.ts";
import { readTextFile } from "../read-file.ts";
import type { Digest } from "./digest.ts";
import { validate } from "./schema.ts";

/** Beside registry.yml: what `stowage check --remote` found. */
export const HEALTH_FILE = "health.json";

/** Bytes; an image takes 200 to 300. */
const LARGEST_FILE = 64 * 1024 * 1024;

/** Whether the images that records name are still there, as of one moment. */
export interface Health {
  /** When all images were asked for last (RFC 3339). */
  readonly checked: string;
  /** Sorted by address, then digest; no two have both in common. */
  readonly images: readonly ImageHealth[];
}

/** What is known of one image, under the address and digest that records give it. */
export interface ImageHealth {
  readonly url: string;
  readonly digest: Digest;
  /** When it was asked for last (RFC 3339). */
  readonly checked: string;
  /** When all its bytes were last read, and had this digest (RFC 3339). */
  readonly verified?: string;
  /** Absent: it was there. */
  readonly problem?: HealthProblem;
}

export interface HealthProblem {
  readonly code: Extract<
    FindingCode,
    "image-unreachable" | "image-size" | "image-differs" | "image-not-sif" | "image-architecture"
  >;
  /** A few words. */
  readonly reason: string;
  /** When it was first found so (RFC 3339). */
  readonly since: string;
}

/** An image in the file: what it leaves out is the same as for all. */
type WrittenImage = Omit<ImageHealth, "checked"> & { readonly checked?: string };

/** Reads health.json beside registry.yml; neither it nor a finding where there is none. */
export function readHealth(root: string): { health?: Health; findings: readonly Finding[] } {
  const file = readTextFile(join(root, HEALTH_FILE), LARGEST_FILE);
  if ("problem" in file)
    return file.problem === "missing" ? { findings: [] } : badHealth(`it cannot be read (${file.problem})`);
  const parsed = parseHealth(file.text);
  return "reason" in parsed ? badHealth(parsed.reason) : { health: parsed.health, findings: [] };
}

function badHealth(reason: string): { findings: Finding[] } {
  return { findings: [{ code: "bad-health", file: HEALTH_FILE, args: { reason } }] };
}

/** What the text of health.json says, or why that is nothing. */
export function parseHealth(text: string): { readonly health: Health } | { readonly reason: string } {
  const data = parseJson(text);
  if (data === undefined) return { reason: "it is no JSON" };
  const [issue] = validate("health", data);
  if (issue) return { reason: `${issue.path.join(".") || "the file"}: expected ${issue.expected}` };
  const { checked, images } = data as { checked: string; images: readonly WrittenImage[] };
  const sorted = images.map((image) => imageHealth(image, checked)).sort(compareImages);
  const twice = sorted.find((image, index) => index > 0 && compareImages(sorted[index - 1]!, image) === 0);
  return twice ? { reason: `${twice.url} stands in it twice` } : { health: { checked, images: sorted } };
}

/** The keys of the format alone, in its order. */
function imageHealth(
  { url, digest, checked, verified, problem }: WrittenImage,
  fallback: string,
): ImageHealth {
  return {
    url,
    digest,
    checked: checked ?? fallback,
    ...(verified !== undefined && { verified }),
    ...(problem && { problem: { code: problem.code, reason: problem.reason, since: problem.since } }),
  };
}

/** The text of health.json: an image a line, so that a commit shows what changed. */
export function formatHealth({ checked, images }: Health): string {
  const lines = [...images].sort(compareImages).map((image) => {
    const { checked: asked, ...rest } = imageHealth(image, checked);
    const { url, digest, ...known } = rest;
    return `    ${JSON.stringify({ url, digest, ...(asked !== checked && { checked: asked }), ...known })}`;
  });
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  return `{\n  "schema": 1,\n  "checked": ${JSON.stringify(checked)},\n  "images": ${list}\n}\n`;
}

/** What health.json knows an image by: no address has a space in it. */
export function imageKey({ url, digest }: Pick<ImageHealth, "url" | "digest">): string {
  return `${url} ${digest}`;
}

function compareImages(a: ImageHealth, b: ImageHealth): number {
  return compare(a.url, b.url) || compare(a.digest, b.digest);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
