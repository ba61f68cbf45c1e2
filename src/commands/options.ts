import { Option } from "commander";
import { HOST_NAMES, type HostName } from "../host.ts";
import type { SiteOptions } from "../protocols/site.ts";
import type { ScanOptions } from "../registry/scan.ts";

/** Options that mean the same in every command. */
export interface CommonOptions {
  readonly root: string;
  readonly tree?: string;
  readonly quiet?: boolean;
}

export const rootOption = () => new Option("--root <dir>", "folder of registry.yml").default(".");
export const treeOption = () =>
  new Option("--tree <dir>", "folder of the tree (default: registry, or what registry.yml says)");
export const outOption = () =>
  new Option("--out <dir>", "folder of the site, replaced as a whole").default("_site");
export const urlOption = (text: string) => new Option("--url <url>", text);
export const jsonOption = () => new Option("--json", "print JSON");
export const quietOption = () => new Option("--quiet", "print nothing but results and errors");
export const strictOption = () => new Option("--strict", "fail if anything in the registry is wrong");

export const noHistoryOption = () => new Option("--no-history", "do not ask git what tags pointed to before");

export const hostOption = () =>
  new Option("--as <host>", "what serves the site (default: host: of registry.yml, or pages)").choices(
    HOST_NAMES,
  );

/** Options of every command that needs to know where and by what the site is served. */
export interface HostOptions {
  readonly url?: string;
  readonly as?: HostName;
}

export function siteOptions({ url, as }: HostOptions): SiteOptions {
  return { ...(url !== undefined && { url }), ...(as !== undefined && { host: as }) };
}

export function scanOptions({ root, tree }: CommonOptions): ScanOptions {
  return { root, ...(tree !== undefined && { tree }) };
}
