import type { Protocol } from "../registry/config.ts";
import { shortNameOf } from "../registry/reference.ts";
import type { PullTarget } from "./target.ts";

/** A program that pulls. */
type Client = "apptainer" | "sregistry" | "oras" | "curl";

/** A command as it is typed into a shell, or why there is none. */
export type PullAnswer = { readonly command: string } | { readonly reason: string };

/** One way to pull an image. */
export type PullWay = PullAnswer & { readonly protocol: Protocol | "https"; readonly client: Client };

export function isRefusal(way: PullWay): way is PullWay & { readonly reason: string } {
  return "reason" in way;
}

/** What people call a way: by the address that apptainer is given, else by the program. */
export function wayName({ protocol, client }: Pick<PullWay, "protocol" | "client">): string {
  if (client !== "apptainer") return client;
  return `${protocol === "oci" ? "oras" : protocol}://`;
}

/** What an image is called on the puller's disk. */
export function fileNameOf({ reference }: Pick<PullTarget, "reference">): string {
  return `${shortNameOf(reference.collection)}_${reference.tag}.sif`;
}

/** As it stands where no shell gives it a meaning, else in single quotes. */
export function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Words of a command, quoted where a shell needs it; a word that is undefined is left out. */
export function commandOf(...words: readonly (string | undefined)[]): string {
  return words.flatMap((word) => (word === undefined ? [] : [quoteForShell(word)])).join(" ");
}

/** `https` of an address, or undefined where it has none. */
export function schemeOf(url: string): string | undefined {
  return /^([a-z0-9]+):/i.exec(url)?.[1]?.toLowerCase();
}

/** `HOST/path/`: an address as it stands behind another scheme. */
export function withoutScheme(url = ""): string {
  return url.replace(/^https?:\/\//, "");
}

/** An address as clients want the base of an API. */
export function withoutLastSlash(url: string | undefined): string | undefined {
  return url?.replace(/\/$/, "");
}

/** Whether clients have to be told that an address is not https. */
export function isPlainHttp(url = ""): boolean {
  return url.startsWith("http:");
}

export function isHttp(url: string): boolean {
  return /^https?:/i.test(url);
}
