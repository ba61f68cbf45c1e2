import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import { BlockList, isIP } from "node:net";

/** Addresses of machines that only somebody inside a network can ask (RFC 6890 and its like). */
const PRIVATE = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const)
  PRIVATE.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  PRIVATE.addSubnet(network, bits, "ipv6");

/** Whether an address (no name) can be that of a server for everybody. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  // An IPv4 address in IPv6's clothes is judged as what it is.
  return family !== 0 && !PRIVATE.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** The address in an URL's host, without the brackets of IPv6; undefined where it is a name. */
export function addressIn({ hostname }: URL): string | undefined {
  const address = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(address) === 0 ? undefined : address;
}

/** Throws where an URL names an address inside a network; names are judged when they are looked up. */
export function requirePublic(url: URL): void {
  const address = addressIn(url);
  if (address !== undefined && !isPublicAddress(address))
    throw new Error(`${address} is an address inside a network`);
}

/**
 * Finds a name's addresses as `dns.lookup` does, and refuses those that are not public: what a stranger's record names
 * must not make CI ask a service inside its own network.
 */
export function lookupPublic(
  hostname: string,
  options: LookupOptions,
  callback: (error: Error | null, found: string | LookupAddress[], family?: number) => void,
): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error ?? !first) return callback(error ?? new Error(`${hostname} has no address`), []);
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(new Error(`${hostname} has an address inside a network`), []);
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
}
