/** `algorithm:hex`, as a record states it. Stowage itself writes `sha256:` with 64 lower-case digits. */
export type Digest = string & { readonly __brand: "Digest" };
