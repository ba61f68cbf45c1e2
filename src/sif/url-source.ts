import { StowageError } from "../errors.ts";
import { type NetworkOptions, http } from "../http.ts";
import { type RangeOptions, type RangeSource, openRangeSource } from "./range-source.ts";

export interface UrlOptions extends RangeOptions {
  readonly network?: NetworkOptions;
}

/**
 * Opens an image at an `https://` or `http://` address. Redirects are followed, but not from https to http. Throws
 * StowageError ("storage") where it cannot be had.
 */
export function openUrlSource(address: string, options: UrlOptions = {}): Promise<RangeSource> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const name = withoutSecrets(address);
  if (url?.protocol !== "https:" && url?.protocol !== "http:")
    throw new StowageError("usage", `${name}: is no address; expected https:// or http:// and a host`);
  const open = (headers: Readonly<Record<string, string>>) =>
    http.stream(url, {
      ...networkOf(url, options),
      headers,
      decompress: false,
      throwHttpErrors: false,
      retry: { limit: 0 },
    });
  return openRangeSource(name, open, options);
}

function networkOf({ protocol }: URL, { network }: UrlOptions): NetworkOptions {
  return {
    ...network,
    hooks: {
      ...network?.hooks,
      beforeRedirect: [
        ...(network?.hooks?.beforeRedirect ?? []),
        ({ url }) => {
          if (protocol === "https:" && new URL(url ?? "").protocol !== "https:")
            throw new Error("it leads from https:// to http://");
        },
      ],
    },
  };
}

/** What follows a question mark may be a signature, what stands before an @ a password. */
export function withoutSecrets(address: string): string {
  return (address.split("?", 1)[0] ?? "").replace(/:\/\/[^/@]*@/, "://");
}
