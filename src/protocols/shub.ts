import { formatReference, namespaceOf, shortNameOf } from "../registry/reference.ts";
import {
  type PullAnswer,
  commandOf,
  fileNameOf,
  isHttp,
  isPlainHttp,
  schemeOf,
  withoutLastSlash,
  withoutScheme,
} from "./pull-line.ts";
import type { PullTarget } from "./target.ts";

/** Why `/api/container/` cannot name an image; undefined where it can. */
export function shubRefusal({ image, site }: PullTarget): string | undefined {
  const refusal = site.refusals.get("shub");
  if (refusal !== undefined) return refusal;
  if (!isHttp(image.url))
    return `the image lies at ${schemeOf(image.url)}://, which this client does not fetch`;
  if (image.sha256 ?? image.md5) return undefined;
  return "the record has neither a sha256 nor an md5 of the file, by which this client keeps images";
}

/** What apptainer 1.4.5 accepts: host and path of a registry together, a namespace, a name or tag. */
const REGISTRY = /^[-.a-zA-Z0-9/]{1,64}$/;
const NAMESPACE = /^[-a-zA-Z0-9]{1,39}$/;
const NAME = /^[-_.a-zA-Z0-9]{1,64}$/;

/** `apptainer pull shub://HOST/path/ns/name:tag` */
export function shubAnswer(target: PullTarget): PullAnswer {
  const { reference, site } = target;
  const reason = shubRefusal(target) ?? shubNameProblem(target);
  if (reason !== undefined) return { reason };
  const uri = `shub://${withoutScheme(site.url)}${formatReference(reference)}`;
  const flag = isPlainHttp(site.url) ? "--no-https" : undefined;
  return { command: commandOf("apptainer", "pull", flag, fileNameOf(target), uri) };
}

function shubNameProblem({ reference, image, site }: PullTarget): string | undefined {
  const namespace = namespaceOf(reference.collection);
  const outer = namespaceOf(namespace);
  const registry = withoutScheme(site.url) + outer;
  if (/:/.test(registry)) return "a shub:// address cannot carry a port";
  if (!REGISTRY.test(registry.replace(/\/$/, ""))) {
    return `a shub:// address takes letters, digits, - . / and at most 64 characters before the namespace, and this has ${registry}`;
  }
  if (!NAMESPACE.test(shortNameOf(namespace))) {
    return "in a shub:// address a namespace has letters, digits and - alone, and at most 39 characters";
  }
  if (!NAME.test(shortNameOf(reference.collection)) || !NAME.test(reference.tag)) {
    return "in a shub:// address a name and a tag have letters, digits and - _ . alone, and at most 64 characters";
  }
  // With --no-https the client asks for the image by http, too.
  return isPlainHttp(site.url) && !isPlainHttp(image.url)
    ? "the site answers by http, and the image by https"
    : undefined;
}

/** `sregistry pull ns/name:tag` */
export function sregistryAnswer(target: PullTarget): PullAnswer {
  const { reference, site } = target;
  const reason = shubRefusal(target) ?? sregistryNameProblem(target);
  if (reason !== undefined) return { reason };
  const base = commandOf(withoutLastSlash(site.url));
  const command = commandOf("sregistry", "pull", formatReference(reference).toLowerCase());
  return { command: `SREGISTRY_REGISTRY_BASE=${base} ${command}` };
}

/** sregistry-cli 0.2.39 takes the first part for a host where it has a dot or a third part follows. */
function sregistryNameProblem({ reference, site }: PullTarget): string | undefined {
  const name = formatReference(reference);
  const namespace = namespaceOf(reference.collection);
  if (namespace.includes("/")) return "this client takes the first part of a nested name for a host";
  if (namespace.includes(".")) return "this client takes a namespace with a dot for a host";
  if (/\.(?:sif|s?img)/i.test(name)) return "this client takes .sif, .img and .simg out of a name";
  if (name !== name.toLowerCase() && site.aliases.get(name.toLowerCase()) !== name) {
    return "this client asks in lower case, and that name is another's";
  }
  return undefined;
}
