import type { Finding } from "../finding.ts";
import type { Registry } from "../registry/model.ts";

const ARTIFACT = /^https:\/\/(?:[a-z0-9-]+\.)*circle-artifacts\.com\//i;

/** What is wrong with records that can be read: images that lie where they will vanish, and recipes that changed since. */
export function* checkRecords({ collections }: Registry): Iterable<Finding> {
  for (const { tags } of collections) {
    for (const { record, folder, definition, status } of tags) {
      if (status === "stale" && definition)
        yield { code: "stale-record", file: `${folder}/${definition.fileName}`, args: {} };
      for (const { url } of record?.layers ?? []) {
        if (ARTIFACT.test(url))
          yield { code: "image-expires", file: `${folder}/README.md`, args: { image: url } };
      }
    }
  }
}
