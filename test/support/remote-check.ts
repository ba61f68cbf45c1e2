import { createHash } from "node:crypto";
import { scanRegistry } from "../../src/index.ts";
import { type CheckRemoteOptions, checkRemote } from "../../src/health/check-remote.ts";
import type { Patience } from "../../src/health/host.ts";
import type { Finding } from "../../src/finding.ts";
import type { Health } from "../../src/registry/health.ts";
import { HEX, RECORD_2019, record2, registryOf } from "./registry.ts";

export const NOW = "2026-11-20T12:00:00Z";
export const TOOL = "registry/lab/tool/manifests";

/** As the real one, in less time. */
export const HASTE: Patience = { retries: 3, pause: 10, longestRest: 2000, restInAll: 5000, failures: 16 };

export const digestOf = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** A record of an image at an address. */
export const recordAt = (url: string, bytes: Buffer, size = bytes.length) =>
  record2("", url).replaceAll(`sha256:${HEX}`, digestOf(bytes)).replaceAll("1048576", String(size));

/** The same as the registries of 2019 wrote it. */
export const record2019At = (url: string, size: number, digest = `sha256:${HEX}`) =>
  RECORD_2019.replaceAll(`sha256:${HEX}`, digest)
    .replaceAll("55056", String(size))
    .replace(/url: .*/, `url: "${url}"`);

export interface Checked {
  readonly findings: readonly Finding[];
  /** As it was saved last. */
  readonly health: Health | undefined;
}

/** Checks the images of a registry with these records, by their tags: addresses of this machine, too. */
export async function checkRecords(
  records: Readonly<Record<string, string>>,
  options: Partial<CheckRemoteOptions> & { readonly earlier?: Health | undefined } = {},
): Promise<Checked> {
  const files = Object.entries(records).map(([tag, text]) => [`${TOOL}/${tag}/README.md`, text] as const);
  return checkRoot(registryOf(Object.fromEntries(files)), options);
}

/** The same in a folder that is there. */
export async function checkRoot(
  root: string,
  { earlier, ...options }: Partial<CheckRemoteOptions> & { readonly earlier?: Health | undefined } = {},
): Promise<Checked> {
  const registry = { ...scanRegistry({ root }), ...(earlier && { health: earlier }) };
  let health: Health | undefined;
  const save = (saved: Health) => {
    health = saved;
  };
  const findings = await checkRemote(registry, { root, now: NOW, patience: HASTE, save, ...options });
  return { findings, health };
}
