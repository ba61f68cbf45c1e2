import type { Collection, Tag } from "../registry/model.ts";
import { curlAnswer, downloadAnswer } from "./https.ts";
import { libraryAnswer } from "./library.ts";
import { orasAnswer, orasUriAnswer } from "./oci.ts";
import type { PullAnswer, PullWay } from "./pull-line.ts";
import { shubAnswer, sregistryAnswer } from "./shub.ts";
import type { Site } from "./site.ts";
import { type PullTarget, targetOf } from "./target.ts";

type Method = Pick<PullWay, "protocol" | "client"> & { readonly answer: (target: PullTarget) => PullAnswer };

/** What can pull, in the order in which people are shown it: names before addresses, apptainer before others. */
const METHODS: readonly Method[] = [
  { protocol: "oci", client: "apptainer", answer: orasUriAnswer },
  { protocol: "library", client: "apptainer", answer: libraryAnswer },
  { protocol: "shub", client: "apptainer", answer: shubAnswer },
  { protocol: "https", client: "apptainer", answer: downloadAnswer },
  { protocol: "https", client: "curl", answer: curlAnswer },
  { protocol: "oci", client: "oras", answer: orasAnswer },
  { protocol: "shub", client: "sregistry", answer: sregistryAnswer },
];

/**
 * Every way to pull a tag: a command that works, or the reason why that client cannot have it by that protocol.
 * Addresses are a stranger's: they are quoted for the shell.
 *
 *     pullWays(collection, tag, site)   // [{ protocol: "oci", client: "apptainer", command: "apptainer pull …" }, …]
 */
export function pullWays(collection: Collection, tag: Tag, site: Site): PullWay[] {
  const target = collection.isPrivate ? undefined : targetOf(collection, tag, site);
  return METHODS.map(({ protocol, client, answer }) => ({
    protocol,
    client,
    ...(target ? answer(target) : { reason: absence(collection, tag) }),
  }));
}

function absence({ isPrivate }: Collection, { record }: Tag): string {
  if (isPrivate) return "the collection is private";
  return record
    ? "the image is gone: the registry should keep it, and does not"
    : "no image has been built yet";
}

/** The commands among the ways to pull a tag. */
export function pullCommands(collection: Collection, tag: Tag, site: Site): string[] {
  return pullWays(collection, tag, site).flatMap((way) => ("command" in way ? [way.command] : []));
}
