import type { Finding } from "../finding.ts";
import type { Registry } from "../registry/model.ts";

const ARTIFACT = /^https:\/\/(?:[a-z0-9-]+\.)*circle-artifacts\.com\//i;

/** What is wrong with where records say that images lie, as far as the address tells. */
export function* checkRecords({ collections }: Registry): Iterable<Finding> {
  for (const { tags } of collections) {
    for (const { record, folder } of tags) {
      for (const { url } of record?.layers ?? []) {
        if (ARTIFACT.test(url))
          yield { code: "image-expires", file: `${folder}/README.md`, args: { image: url } };
      }
    }
  }
}
