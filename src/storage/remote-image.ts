import { type Readable, addAbortSignal } from "node:stream";
import { HTTPError } from "got";
import { StowageError, messageOf } from "../errors.ts";
import { type NetworkOptions, http } from "../http.ts";
import { openLayer } from "../oci/pull-layer.ts";
import { lookupPublic, requirePublic } from "../public-address.ts";

export interface RemoteOptions {
  /** More bytes than this are an error. */
  readonly limit?: number;
  /** Refuse addresses inside a network: the address is a stranger's. */
  readonly isPublicOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of the largest image that is fetched where nobody says how large it is. */
const LARGEST_IMAGE = 1024 ** 4;

/**
 * The bytes of an image that lies elsewhere (https://, http://, oras://), piece by piece, as everybody can have them.
 * Redirects are followed, but not from https to http. Throws StowageError ("storage") where it cannot be had, or has
 * more bytes than it may.
 */
export async function* fetchImage(
  address: string,
  { limit = LARGEST_IMAGE, ...options }: RemoteOptions = {},
): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    const stream = await openStream(address, options);
    // Not got's own way: that ends streams that have long ended, too.
    if (options.signal) addAbortSignal(options.signal, stream);
    for await (const chunk of stream) {
      size += (chunk as Buffer).length;
      if (size > limit) throw new Error(`it has more than ${limit} bytes`);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw new StowageError("storage", `${withoutQuery(address)}: cannot be fetched: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/** The status of an answer that was an error; undefined where there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof HTTPError ? error.response.statusCode : undefined;
}

/** The client's own words about a status have the whole address in them. */
export function reasonOf(error: unknown): string {
  return error instanceof HTTPError ? `the answer is ${error.response.statusCode}` : messageOf(error);
}

/** What follows a question mark may be a signature, what stands before an @ a password. */
function withoutQuery(address: string): string {
  return (address.split("?", 1)[0] ?? "").replace(/:\/\/[^/@]*@/, "://");
}

async function openStream(address: string, options: RemoteOptions): Promise<Readable> {
  const url = new URL(address);
  const network = networkOptions(url, options);
  if (options.isPublicOnly) requirePublic(url);
  if (url.protocol === "oras:") return openLayer(address, network);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new Error(`only https://, http:// and oras:// can be fetched, not ${url.protocol}//`);
  return http.stream(url, { ...network, decompress: false, retry: { limit: 0 } });
}

/** How everything of a stranger's is asked: its redirects lead from https to https alone, and to no refused address. */
export function networkOptions({ protocol }: URL, { isPublicOnly = false }: RemoteOptions): NetworkOptions {
  return {
    ...(isPublicOnly && { dnsLookup: lookupPublic }),
    hooks: {
      beforeRequest: [
        ({ url }) => {
          if (isPublicOnly && url) requirePublic(new URL(url));
        },
      ],
      beforeRedirect: [
        ({ url }) => {
          const target = new URL(url ?? "");
          if (protocol === "https:" && target.protocol !== "https:")
            throw new Error("it leads from https:// to http://");
          if (isPublicOnly) requirePublic(target);
        },
      ],
    },
  };
}
