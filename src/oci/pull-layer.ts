import type { Readable } from "node:stream";
import { StowageError } from "../errors.ts";
import type { NetworkOptions } from "../http.ts";
import { memberOf, parseJson } from "../json.ts";
import { OciRepository, refusal } from "./client.ts";
import { LAYER_TYPE, MANIFEST_TYPE } from "./manifest.ts";
import { isLoopback } from "./place.ts";

const ADDRESS = /^oras:\/\/([^/@]+)\/([^:@]+)(?::([^@]+)|@(sha256:[0-9a-f]{64}))?$/;

/** An image in a registry of containers, as its manifest describes it. */
export interface OciLayer {
  readonly repository: OciRepository;
  /** sha256. */
  readonly digest: string;
  /** Bytes; undefined where the manifest does not say. */
  readonly size: number | undefined;
}

/** The bytes of the image that {@link findLayer} finds. */
export async function openLayer(address: string, network: NetworkOptions = {}): Promise<Readable> {
  const { repository, digest } = await findLayer(address, network);
  return repository.open(digest);
}

/**
 * The image behind `oras://HOST/NAME:TAG` or `…@sha256:HEX`, as everybody may have it: without a password. Throws
 * StowageError ("storage").
 */
export async function findLayer(address: string, network: NetworkOptions = {}): Promise<OciLayer> {
  const [, host, name, tag = "latest", digest] = ADDRESS.exec(address) ?? [];
  if (host === undefined || name === undefined)
    throw new StowageError("storage", `${address}: is no address of an image`);
  const asker = { host, isPlainHttp: isLoopback(host), credentials: undefined, network };
  const repository = new OciRepository(name, asker);
  const headers = { accept: MANIFEST_TYPE };
  const answer = await repository.send({ method: "GET", to: `manifests/${digest ?? tag}`, headers });
  if (answer.status !== 200) throw refusal(repository, "the manifest", answer);
  return { repository, ...layerOf(answer.body, repository) };
}

/** The one layer that is a SIF file. */
function layerOf(manifest: string, { title }: OciRepository): Pick<OciLayer, "digest" | "size"> {
  const layers = memberOf(parseJson(manifest), "layers");
  const images = Array.isArray(layers)
    ? layers.filter((layer) => memberOf(layer, "mediaType") === LAYER_TYPE)
    : [];
  const digest = memberOf(images[0], "digest");
  const size = memberOf(images[0], "size");
  if (typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest))
    return { digest, size: Number.isSafeInteger(size) ? (size as number) : undefined };
  throw new StowageError("storage", `${title}: the manifest names no image that apptainer could pull`);
}
