import { StowageError, messageOf } from "../errors.ts";
import { http } from "../http.ts";
import { addressIn, isPublicAddress, lookupPublic } from "../public-address.ts";

export interface RemoteOptions {
  /** More bytes than this are an error. */
  readonly limit?: number;
  /** Refuse addresses inside a network: the address is a stranger's. */
  readonly isPublicOnly?: boolean;
}

/** Bytes of the largest image that is fetched where nobody says how large it is. */
const LARGEST_IMAGE = 1024 ** 4;

/**
 * The bytes of an image that lies elsewhere, piece by piece. Redirects are followed, but not from https to http. Throws
 * StowageError ("storage") where it cannot be had, or has more bytes than it may.
 */
export async function* fetchImage(
  url: string,
  { limit = LARGEST_IMAGE, isPublicOnly = false }: RemoteOptions = {},
): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    for await (const chunk of openStream(new URL(url), isPublicOnly)) {
      size += (chunk as Buffer).length;
      if (size > limit) throw new Error(`it has more than ${limit} bytes`);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (error instanceof StowageError) throw error;
    throw new StowageError("storage", `${withoutQuery(url)}: cannot be fetched: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** What follows a question mark may be a signature. */
function withoutQuery(url: string): string {
  return url.split("?", 1)[0] ?? "";
}

function openStream(url: URL, isPublicOnly: boolean) {
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new Error(`only https:// and http:// can be fetched, not ${url.protocol}//`);
  requireAllowed(url, isPublicOnly);
  const isSecure = url.protocol === "https:";
  return http.stream(url, {
    decompress: false,
    retry: { limit: 0 },
    ...(isPublicOnly && { dnsLookup: lookupPublic as never }),
    hooks: {
      beforeRedirect: [
        ({ url: next }) => {
          const target = new URL(next ?? "");
          if (isSecure && target.protocol !== "https:") throw new Error("it leads from https:// to http://");
          requireAllowed(target, isPublicOnly);
        },
      ],
    },
  });
}

/** Names are judged when they are looked up. */
function requireAllowed(url: URL, isPublicOnly: boolean): void {
  const address = addressIn(url);
  if (isPublicOnly && address !== undefined && !isPublicAddress(address))
    throw new Error(`${address} is an address inside a network`);
}
