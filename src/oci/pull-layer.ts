import type { Readable } from "node:stream";
import { StowageError } from "../errors.ts";
import type { NetworkOptions } from "../http.ts";
import { memberOf, parseJson } from "../json.ts";
import { OciRepository, refusal } from "./client.ts";
import { LAYER_TYPE, MANIFEST_TYPE } from "./manifest.ts";
import { isLoopback } from "./place.ts";

const ADDRESS = /^oras:\/\/([^/@]+)\/([^:@]+)(?::([^@]+)|@(sha256:[0-9a-f]{64}))?$/;

/**
 * The image behind `oras://HOST/NAME:TAG` or `…@sha256:HEX`, as everybody may have it: without a password. Throws
 * StowageError ("storage").
 */
export async function openLayer(address: string, network: NetworkOptions = {}): Promise<Readable> {
  const [, host, name, tag = "latest", digest] = ADDRESS.exec(address) ?? [];
  if (host === undefined || name === undefined)
    throw new StowageError("storage", `${address}: is no address of an image`);
  const asker = { host, isPlainHttp: isLoopback(host), credentials: undefined, network };
  const repository = new OciRepository(name, asker);
  const headers = { accept: MANIFEST_TYPE };
  const answer = await repository.send({ method: "GET", to: `manifests/${digest ?? tag}`, headers });
  if (answer.status !== 200) throw refusal(repository, "the manifest", answer);
  return repository.open(layerOf(answer.body, repository));
}

/** The digest of the one layer that is a SIF file. */
function layerOf(manifest: string, { title }: OciRepository): string {
  const layers = memberOf(parseJson(manifest), "layers");
  const images = Array.isArray(layers)
    ? layers.filter((layer) => memberOf(layer, "mediaType") === LAYER_TYPE)
    : [];
  const digest = memberOf(images[0], "digest");
  if (typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new StowageError("storage", `${title}: the manifest names no image that apptainer could pull`);
}
