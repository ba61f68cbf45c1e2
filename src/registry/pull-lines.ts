import type { SiteAddress } from "../address.ts";
import { layerUrl } from "./local-images.ts";
import type { ImageRecord } from "./model.ts";
import { type Reference, shortNameOf } from "./reference.ts";

/** One way to fetch an image, as it is typed into a shell. */
export interface PullLine {
  readonly client: "apptainer" | "curl";
  readonly command: string;
}

/**
 * The pull lines of an image, best first; none where no client can fetch its address. Addresses are a stranger's:
 * they are quoted for the shell.
 */
export function pullLines(reference: Reference, record: ImageRecord, site: SiteAddress): PullLine[] {
  const [layer] = record.layers;
  if (!layer) return [];
  const url = layerUrl(layer, site);
  const file = `${shortNameOf(reference.collection)}_${reference.tag}.sif`;
  const isHttp = /^https?:/.test(url);
  const lines: PullLine[] = [];
  if (isHttp || url.startsWith("oras:")) {
    lines.push({ client: "apptainer", command: `apptainer pull ${file} ${quoteForShell(url)}` });
  }
  if (isHttp || url.startsWith("ftp:")) {
    lines.push({ client: "curl", command: `curl -fL -o ${file} ${quoteForShell(url)}` });
  }
  return lines;
}

/** As it stands where no shell gives it a meaning, else in single quotes. */
export function quoteForShell(text: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
