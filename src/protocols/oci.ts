import { formatReference } from "../registry/reference.ts";
import { type PullAnswer, commandOf, fileNameOf, isPlainHttp, withoutScheme } from "./pull-line.ts";
import { reachProblem } from "./reach.ts";
import { ADDRESS_UNKNOWN } from "./site.ts";
import type { PullTarget } from "./target.ts";

/** What apptainer and crane accept; a `+` or a capital is refused by every client. */
const NAME = /^[a-z0-9_./-]{2,255}$/;
const TAG = /^[A-Za-z0-9_.-]{1,128}$/;
/** The grammar of the specification, which oras and skopeo keep to. */
const STRICT_NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const STRICT_TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Why `/v2/` cannot serve an image; undefined where it can. */
export function ociRefusal(target: PullTarget): string | undefined {
  const { reference, image, site } = target;
  const refusal = site.refusals.get("oci");
  if (refusal !== undefined) return refusal;
  if (!NAME.test(reference.collection)) return "an OCI name has lower-case letters, digits and . _ - alone";
  if (!TAG.test(reference.tag)) return "an OCI tag has letters, digits and . _ - alone";
  if (image.sha256 === undefined) return "the record has no sha256 of the file";
  if (image.size === undefined) return "the record does not say the size of the file in bytes";
  return reachProblem(target);
}

/** `apptainer pull oras://HOST/ns/name:tag`; from the registry of containers that keeps it, where one does. */
export function orasUriAnswer(target: PullTarget): PullAnswer {
  const place = placeInRegistry(target);
  if (place !== undefined)
    return { command: commandOf("apptainer", "pull", fileNameOf(target), `oras://${place}`) };
  const { url } = target.site;
  const reason = ociRefusal(target) ?? (url === undefined ? ADDRESS_UNKNOWN : undefined);
  if (reason !== undefined) return { reason };
  const flag = isPlainHttp(url) ? "--no-https" : undefined;
  const uri = `oras://${nameOnHost(target)}`;
  return { command: commandOf("apptainer", "pull", flag, fileNameOf(target), uri) };
}

/** `oras pull HOST/ns/name:tag` */
export function orasAnswer(target: PullTarget): PullAnswer {
  const place = placeInRegistry(target);
  if (place !== undefined) return { command: commandOf("oras", "pull", place) };
  const { url } = target.site;
  const reason = ociRefusal(target) ?? orasProblem(target);
  if (reason !== undefined) return { reason };
  const flag = isPlainHttp(url) ? "--plain-http" : undefined;
  return { command: commandOf("oras", "pull", flag, nameOnHost(target)) };
}

/** Where a registry of containers keeps an image; never what a client would take for an option. */
const PLACE =
  /^oras:\/\/([A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?\/[a-z0-9][a-z0-9._/-]*(?::\w[\w.-]*|@sha256:[0-9a-f]{64})?)$/;

/** `HOST/name@sha256:…` */
function placeInRegistry({ image: { url } }: PullTarget): string | undefined {
  return PLACE.exec(url)?.[1];
}

function orasProblem({ reference, site: { url, host } }: PullTarget): string | undefined {
  if (url === undefined) return ADDRESS_UNKNOWN;
  if (!host.setsTypes)
    return `this client reads the Content-Type of a manifest, which ${host.title} cannot set`;
  const isStrict = STRICT_NAME.test(reference.collection) && STRICT_TAG.test(reference.tag);
  return isStrict
    ? undefined
    : "this client takes . _ - between letters and digits only, and no two of them in a row";
}

/** `HOST/ns/name:tag` */
function nameOnHost({ reference, site }: PullTarget): string {
  return `${withoutScheme(site.url)}${formatReference(reference)}`;
}
