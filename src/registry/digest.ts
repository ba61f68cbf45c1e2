/** `algorithm:hex`, as a record states it. Stowage itself writes `sha256:` with 64 lower-case digits. */
export type Digest = string & { readonly __brand: "Digest" };

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** The digest, if the text is a sha256 digest in lower case. */
export function parseSha256(text: string): Digest | undefined {
  return SHA256.test(text) ? (text as Digest) : undefined;
}

/** The hexadecimal half of a digest. */
export function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(":") + 1);
}
