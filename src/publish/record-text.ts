import { dump } from "js-yaml";
import type { ImageRecord } from "../registry/model.ts";

/** All text stands in quotes: a digest such as 1e50… is a number to some readers, infinite to others. */
const YAML = { lineWidth: -1, noRefs: true, forceQuotes: true, quoteStyle: "double" } as const;

/** A tag's README.md: the record as front matter, in block YAML that the sites of 2019 read too, and Markdown below it. */
export function recordText(record: ImageRecord, body: string): string {
  const { schema, created, architecture, size, digest, layers, ...rest } = record;
  const { md5, sha1, recipe, builder, source, labels, log, objects, signers } = rest;
  const ordered = {
    layout: "manifests/singularity",
    schema,
    created,
    architecture,
    size,
    digest,
    md5,
    sha1,
    recipe,
    builder,
    source,
    log,
    layers,
    objects,
    signers,
    labels: labels && Object.keys(labels).length > 0 ? labels : undefined,
  };
  const known = Object.fromEntries(Object.entries(ordered).filter(([, value]) => value !== undefined));
  const text = body.trim();
  return `---\n${dump(known, YAML)}---\n${text === "" ? "" : `\n${text}\n`}`;
}
