import { formatBytes } from "../format.ts";
import type { Finding } from "../finding.ts";
import type { HostProfile } from "../host.ts";
import { type PullWay, isRefusal } from "../protocols/pull-line.ts";
import { pullWays } from "../protocols/pull-ways.ts";
import type { Site } from "../protocols/site.ts";
import { targetsOf } from "../protocols/target.ts";
import { PROTOCOLS, type Protocol } from "../registry/config.ts";
import { localImages } from "../registry/local-images.ts";
import type { Registry } from "../registry/model.ts";
import { KEYS_FOLDER } from "../registry/public-keys.ts";
import { formatReference } from "../registry/reference.ts";

const CONFIG_FILE = "registry.yml";

/**
 * What a site cannot do that its registry.yml asks for: a protocol that is switched on and cannot work at all, or not
 * for one of its images; and what its host will not take.
 */
export function checkSite(registry: Registry, site: Site): Finding[] {
  return [...checkProtocols(registry, site), ...checkImageSizes(registry, site)];
}

function* checkProtocols(registry: Registry, site: Site): Iterable<Finding> {
  const { config, publicKeys } = registry;
  const asked: Protocol[] = [];
  for (const protocol of PROTOCOLS) {
    const { isOn, line } = config.protocols[protocol] ?? {};
    const reason = site.refusals.get(protocol);
    if (isOn === true && reason === undefined) asked.push(protocol);
    else if (isOn === true && reason !== undefined && line !== undefined) {
      yield { code: "protocol-refused", file: CONFIG_FILE, line, args: { protocol, reason } };
    }
  }
  // Whoever puts keys there wants them to be served.
  const keysRefusal = config.protocols.keys ? undefined : site.refusals.get("keys");
  if (publicKeys !== undefined && keysRefusal !== undefined) {
    yield { code: "protocol-refused", file: KEYS_FOLDER, args: { protocol: "keys", reason: keysRefusal } };
  }
  yield* checkTags(registry, site, asked);
}

/** Images that none of a protocol's clients can have. One that is gone is a finding of the scan. */
function* checkTags({ collections }: Registry, site: Site, asked: readonly Protocol[]): Iterable<Finding> {
  for (const collection of asked.length > 0 ? collections : []) {
    for (const { reference, tag } of targetsOf(collection, site)) {
      const ways = pullWays(collection, tag, site);
      for (const protocol of asked) {
        const reason = commonRefusal(ways.filter((way) => way.protocol === protocol));
        if (reason === undefined) continue;
        const args = { protocol, reference: formatReference(reference), reason };
        yield { code: "protocol-skips", file: tag.folder, args };
      }
    }
  }
}

/** The first reason, where every way has one. */
function commonRefusal(ways: readonly PullWay[]): string | undefined {
  return ways.every(isRefusal) ? ways[0]?.reason : undefined;
}

function* checkImageSizes({ collections }: Registry, { host, images }: Site): Iterable<Finding> {
  const limit = host.limits.fileBytes;
  if (limit === undefined) return;
  for (const file of localImages(collections)) {
    const size = images.get(file) ?? 0;
    if (size <= limit) continue;
    const args = { image: file, size: formatBytes(size), limit: formatBytes(limit), host: host.title };
    yield { code: "image-too-large", file, args };
  }
}

/** How much of a site is there for what: its own pages and JSON, or one protocol alone. */
export class SiteTally {
  readonly #files = new Map<Protocol | undefined, number>();
  readonly #bytes = new Map<Protocol | undefined, number>();
  /** How many of its paths lead to images that lie elsewhere. */
  redirects = 0;

  /** `bytes` of one more file; a link counts in full, since hosts and archives hold copies. */
  add(protocol: Protocol | undefined, bytes: number): void {
    this.#files.set(protocol, (this.#files.get(protocol) ?? 0) + 1);
    this.#bytes.set(protocol, (this.#bytes.get(protocol) ?? 0) + bytes);
  }

  /** What the host will not take, and the protocol whose absence would help most. */
  findings({ limits, redirects, title: host }: HostProfile): Finding[] {
    const found: Finding[] = [];
    const bytes = sum(this.#bytes);
    if (limits.siteBytes !== undefined && bytes > limits.siteBytes) {
      const args = {
        size: formatBytes(bytes),
        limit: formatBytes(limits.siteBytes),
        host,
        remedy: remedyFor(this.#bytes, "keep images in another storage"),
      };
      found.push({ code: "site-size", file: CONFIG_FILE, args });
    }
    const files = sum(this.#files);
    if (files > limits.files) {
      const remedy = remedyFor(this.#files, "make several registries of it");
      const args = { count: String(files), limit: String(limits.files), remedy };
      found.push({ code: "site-files", file: CONFIG_FILE, args });
    }
    if (redirects?.limit !== undefined && this.redirects > redirects.limit) {
      const args = { count: String(this.redirects), limit: String(redirects.limit), host };
      found.push({ code: "site-redirects", file: CONFIG_FILE, args });
    }
    return found;
  }
}

function sum(counts: ReadonlyMap<unknown, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

/** The protocol that has the most, or what else helps. */
function remedyFor(counts: ReadonlyMap<Protocol | undefined, number>, otherwise: string): string {
  const [largest] = [...counts].filter(([protocol]) => protocol !== undefined).sort(([, a], [, b]) => b - a);
  if (!largest) return otherwise;
  const [protocol, count] = largest;
  const share = Math.round((100 * count) / sum(counts));
  return `protocols: { ${protocol}: false } would take away ${share} %, or ${otherwise}`;
}
