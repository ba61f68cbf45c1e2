import { promisify } from "node:util";
import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";
import { addressIn, isPublicAddress, lookupPublic } from "../src/public-address.ts";

describe("addresses inside a network", () => {
  test.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.168.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fd00::1",
    "fe80::1",
    "ff02::1",
    "no address",
  ])("%s is one", (address) => expect(isPublicAddress(address)).toBe(false));

  test.each(["8.8.8.8", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])(
    "%s is none",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test("are found in an URL however they are written", () => {
    const found = ["http://0x7f.1/", "http://2130706433/", "http://[::1]:80/", "http://example.org/"].map(
      (url) => addressIn(new URL(url)),
    );
    expect(found).toEqual(["127.0.0.1", "127.0.0.1", "::1", undefined]);
  });

  test("are refused where a name has one", async () => {
    const find = promisify<string, object, string | LookupAddress[]>(lookupPublic);
    await expect(find("localhost", {})).rejects.toThrow("localhost has an address inside a network");
    await expect(find("localhost", { all: true })).rejects.toThrow(/inside a network/);
    await expect(find("8.8.8.8", {})).resolves.toBe("8.8.8.8");
    await expect(find("8.8.8.8", { all: true })).resolves.toEqual([{ address: "8.8.8.8", family: 4 }]);
  });
});
