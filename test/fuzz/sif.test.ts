import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Sif, bufferSource, readSif } from "../../src/index.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { GROUP, metadata, signatureExtra, writeSif } from "../support/sif-writer.ts";
import { expectRefused, jsonAround, mutated, strangeText } from "./support.ts";

/** Kinds of objects that hold text, as `apptainer sif add --datatype` counts them. */
const KINDS = { definition: 1, labels: 3, signature: 5, metadata: 6 } as const;
type Kind = keyof typeof KINDS;

/** An image that holds this text as one of those. */
function readWith(kind: Kind, text: string): Promise<Sif | undefined> {
  const about = kind === "signature" ? { link: (GROUP | 1) >>> 0, group: 0, extra: signatureExtra(1) } : {};
  const name = kind === "metadata" ? "inspect-metadata.json" : "";
  const image = writeSif({
    objects: [
      { type: 7, bytes: "data" },
      { type: KINDS[kind], bytes: text, name, ...about },
    ],
  });
  return expectRefused(() => readSif(bufferSource(image)), "image");
}

const dsse = (payload: string) =>
  JSON.stringify({
    payloadType: "application/vnd.sylabs.sif-metadata+json",
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ sig: "AAAA", keyid: "SHA256:x" }],
  });
const GOOD: Readonly<Record<Kind, readonly string[]>> = {
  definition: ["Bootstrap: docker\nFrom: busybox\n%post\n    true\n"],
  labels: ['{"maintainer":"lab","org.label":"x"}'],
  metadata: [metadata({ labels: { a: "b" }, deffile: "Bootstrap: scratch\n", apps: { x: { labels: {} } } })],
  signature: [
    '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{"version":1,"objects":[{"relativeId":0}]}\n-----BEGIN PGP SIGNATURE-----\n\nwsBz\n=abcd\n-----END PGP SIGNATURE-----',
    dsse('{"version":1,"objects":[{"relativeId":0}]}'),
  ],
};
const KEYS =
  "data attributes labels deffile apps version objects relativeId payload payloadType signatures keyid sig".split(
    " ",
  );

describe.each(Object.keys(KINDS) as Kind[])("the %s of an image", (kind) => {
  test("is told or passed over, whatever it says", async () => {
    const any = fc.oneof(
      ...GOOD[kind].map(mutated),
      strangeText,
      jsonAround(KEYS, ["application/vnd.in-toto+json", "e30="]).map((data) => JSON.stringify(data)),
    );
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const sif = await readWith(kind, text);
        expect(sif?.objects).toHaveLength(2);
        expect(Object.getPrototypeOf(sif?.labels)).toBe(Object.prototype);
        for (const label of Object.values(sif?.labels ?? {})) expect(typeof label).toBe("string");
        expect(() => JSON.stringify(sif)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  test("takes as long as it is long", async () => {
    const beginnings =
      kind === "signature"
        ? ["-----BEGIN PGP SIGNED MESSAGE-----\n", '{"payload":"']
        : ['{"data":"', '{"a":['];
    await expectLinearOnTokens((text) => readWith(kind, text), { beginnings });
  });
});
