import fc from "fast-check";
import { expect } from "vitest";
import { type ErrorCode, StowageError } from "../../src/errors.ts";
import type { Digest } from "../../src/registry/digest.ts";
import { TOKENS } from "../support/linear.ts";

/*
 * What strangers write: texts of the languages that are read here, good files with something done to them, and JSON of any
 * shape.
 */

const token = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TOKENS) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);

/** A text of words that mean something to some reader. */
export const strangeText = fc.array(token, { maxLength: 40 }).map((tokens) => tokens.join(""));

/** A good text, of which pieces are gone, doubled, moved or replaced. */
export function mutated(text: string): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(text.length),
    length: fc.oneof(fc.nat(3), fc.nat(text.length)),
    instead: fc.oneof(
      token,
      fc.constant(""),
      fc.nat(text.length).map((from) => text.slice(from, from + 40)),
    ),
  });
  return fc
    .array(change, { minLength: 1, maxLength: 4 })
    .map((changes) =>
      changes.reduce(
        (changed, { at, length, instead }) => changed.slice(0, at) + instead + changed.slice(at + length),
        text,
      ),
    );
}

const HOSTILE_KEYS = ["__proto__", "constructor", "toString", "length", "", "0", "then", "toJSON"];

/** JSON with these keys in it, which readers look for, and with values of any kind at them. */
export function jsonAround(keys: readonly string[], values: readonly unknown[] = []): fc.Arbitrary<unknown> {
  const key = fc.constantFrom(...keys, ...HOSTILE_KEYS);
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 2 ** 53, "", "\u001B[31m", "../..", ...values),
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.integer(),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(key, tie("value")), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  return value;
}

/** What `read` gives; undefined where it refuses, which it may do by our own error with one of these codes alone. */
export async function expectRefused<T>(
  read: () => T | Promise<T>,
  ...codes: readonly ErrorCode[]
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    expect(codes, error.message).toContain(error.code);
    expect(error.message).not.toBe("");
    return undefined;
  }
}

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789abcdef")), { minLength: length, maxLength: length })
    .map((all) => all.join(""));

/** `sha256:` and 64 digits; also those that a reader of YAML may take for numbers. */
export const digest = fc
  .oneof(
    hex(64),
    hex(62).map((digits) => `1e${digits}`),
    fc.constant("0".repeat(64)),
    fc.constant("1".repeat(64)),
  )
  .map((digits) => `sha256:${digits}` as Digest);
export const md5 = fc.oneof(hex(32), fc.constant("1e5".padEnd(32, "0")));
export const sha1 = fc.oneof(hex(40), fc.constant("0o".replace("o", "1").padEnd(40, "7")));

/** Bytes of a file. */
export const size = fc.oneof(fc.nat(), fc.maxSafeNat());

/** RFC 3339. */
export const time = fc
  .date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("2199-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().replace(/\.\d+Z$/, "Z"));

/** An address that a record may have: anything goes behind the scheme but what would end it. */
export const imageUrl = fc.oneof(
  hex(64).map((digits) => `images/sha256/${digits}.sif`),
  fc
    .tuple(
      fc.constantFrom("https", "http", "ftp", "gs", "s3", "oras"),
      fc.array(fc.constantFrom(...Array.from("abz09./:?#%&=+~!$'()*,;@[]-_é容😀")), {
        minLength: 1,
        maxLength: 40,
      }),
    )
    .map(([scheme, rest]) => `${scheme}://${rest.join("")}`),
);

const segment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,20}$/);
const RESERVED = /^(?:tags|manifests|index\.json|index\.html)$|\.json$|\.html?$/i;
const name = segment.filter((text) => !RESERVED.test(text));

/** `namespace/name`; what is in front of each keeps clear of the site's own paths. */
export const collectionName = fc
  .array(name, { minLength: 1, maxLength: 4 })
  .map((rest) => ["lab", ...rest].join("/"));
export const tagName = fc
  .stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,30}$/)
  .filter((text) => !RESERVED.test(text));
