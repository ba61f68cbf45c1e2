import { type SiteAddress, siteAddress } from "../address.ts";
import { type HostName, type HostProfile, hostProfile } from "../host.ts";
import { presentHistory } from "../history/collect.ts";
import type { History } from "../history/history.ts";
import { PROTOCOLS, type Protocol } from "../registry/config.ts";
import { type Groups, groupCollections } from "../registry/groups.ts";
import { type HealthReport, reportHealth } from "../registry/health-report.ts";
import type { Registry, StoredImages } from "../registry/model.ts";
import { type Sizes, measureImages } from "../registry/sizes.ts";
import { lowerCaseAliases } from "./aliases.ts";

/** A site as its endpoints and pages see it: where it answers, from what host, and what it can offer. */
export interface Site extends SiteAddress {
  readonly host: HostProfile;
  /** Why a protocol is not offered by this site at all; one that is offered is not in it. */
  readonly refusals: ReadonlyMap<Protocol, string>;
  /** The images that it serves itself. */
  readonly images: StoredImages;
  /** Which reference answers to a spelling in lower case that is nobody's own. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Whether its images are still there; absent where nobody has checked. */
  readonly health?: HealthReport;
  /** What its collections and tags have in common. */
  readonly groups: Groups;
  /** How much room its images take. */
  readonly sizes: Sizes;
  /** What its tags pointed to, and when. */
  readonly history: History;
}

export interface SiteOptions {
  /** Where the site will answer; default: what registry.yml says, else some host's root. */
  readonly url?: string;
  /** What will serve it; default: what registry.yml says, else GitHub Pages. */
  readonly host?: HostName;
  /** What was read from git; default: what the records of the tree tell. */
  readonly history?: History;
}

/** The site of a registry. Throws StowageError where `url` is not the address of a site. */
export function siteOf(registry: Registry, { url, host, history }: SiteOptions = {}): Site {
  const { config, images, health, collections } = registry;
  const address = siteAddress(url ?? config.url);
  const refusals = new Map<Protocol, string>();
  for (const protocol of PROTOCOLS) {
    const isOff = config.protocols[protocol]?.isOn === false;
    const reason = isOff ? "it is switched off in registry.yml" : REFUSALS[protocol](address);
    if (reason !== undefined) refusals.set(protocol, reason);
  }
  const profile = hostProfile(host ?? config.host ?? "pages");
  const report = health && reportHealth(health, collections);
  let groups: Groups | undefined;
  let sizes: Sizes | undefined;
  return {
    ...address,
    host: profile,
    refusals,
    images,
    aliases: lowerCaseAliases(registry),
    ...(report && { health: report }),
    // Made when they are first asked for: commands that draw no pages need neither.
    get groups() {
      return (groups ??= groupCollections(collections));
    },
    get sizes() {
      return (sizes ??= measureImages(registry, this.groups, report));
    },
    history: history ?? presentHistory(registry, "left-out"),
  };
}

/** What each protocol asks of the place where a site answers. */
const REFUSALS: Readonly<Record<Protocol, (address: SiteAddress) => string | undefined>> = {
  shub: needsUrl,
  sregistry: needsUrl,
  labels: () => undefined,
  library: () => undefined,
  oci: needsRoot,
  keys: needsRoot,
};

/** Its bodies name images by absolute addresses. */
function needsUrl({ url }: SiteAddress): string | undefined {
  return url === undefined ? ADDRESS_UNKNOWN : undefined;
}

/** `/v2/` and `/pks/` are asked for at a host's root, whatever stands behind the host in the reference. */
function needsRoot({ basePath }: SiteAddress): string | undefined {
  return basePath === "/"
    ? undefined
    : `clients ask at the root of a host, and this site is below ${basePath}`;
}

export const ADDRESS_UNKNOWN = "the site's address is not known (url: in registry.yml, or --url)";
