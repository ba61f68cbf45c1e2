import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../src/index.ts";
import { ArmorError, armorPublicKeys, readArmoredKeys } from "../src/registry/armor.ts";
import { runCli } from "./support/cli.ts";
import { buildFiles, storedTag } from "./support/protocols.ts";
import { type Files, registryOf, temporaryFolder } from "./support/registry.ts";

const key = (name: string) => readFileSync(new URL(`fixtures/keys/${name}.asc`, import.meta.url), "utf8");
const ONE = key("one");
const TWO = key("two");

const TREE = storedTag("lab/tool:1.0");
const packetsOf = (text: string) => Buffer.concat(readArmoredKeys(text));

/** Packets in armor of any kind, without a checksum, which is optional. */
function armored(packets: Buffer, kind = "PUBLIC KEY BLOCK"): string {
  const lines = packets.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN PGP ${kind}-----\n\n${lines}\n-----END PGP ${kind}-----\n`;
}

/** What the scan makes of `keys/`, beside a good key. */
function scanKeys(files: Files, prepare?: (folder: string) => void) {
  const root = registryOf({ ...TREE, "keys/good.asc": ONE, ...files });
  prepare?.(join(root, "keys"));
  const { publicKeys, findings } = scanRegistry({ root });
  return { publicKeys, findings };
}

/** Debian has it not everywhere. */
const GPG = "gpg";

const gpg = (home: string, args: readonly string[], input: string) =>
  execFileSync(GPG, ["--homedir", home, "--batch", "--quiet", ...args], {
    input,
    encoding: "utf8",
    stdio: "pipe",
  });

function whyNoGpg(): string | undefined {
  try {
    execFileSync(GPG, ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "gpg is not on PATH";
  }
}
const reason = whyNoGpg();

describe("/pks/lookup", () => {
  test("is one block with every key of every file, in the order of their names", async () => {
    const { read } = await buildFiles({ ...TREE, "keys/b.asc": ONE, "keys/a.asc": TWO });
    const body = read("pks/lookup");
    expect(body.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----/g)).toHaveLength(1);
    expect(packetsOf(body)).toEqual(Buffer.concat([packetsOf(TWO), packetsOf(ONE)]));
  });

  test("holds the keys of all blocks of a file, whatever stands around them", async () => {
    const text = `My keys\r\n${ONE.replaceAll("\n", "\r\n")}\n\nand the old one:\n${TWO.replace("-----\n", "-----\nComment: of 2019\nVersion: 1\n")}end`;
    const { read } = await buildFiles({ ...TREE, "keys/all.asc": text });
    expect(packetsOf(read("pks/lookup"))).toEqual(Buffer.concat([packetsOf(ONE), packetsOf(TWO)]));
  });

  test("has a checksum that is right, as the block of one key is the file that gpg wrote", () => {
    expect(armorPublicKeys(readArmoredKeys(ONE))).toBe(ONE);
    expect(armorPublicKeys(readArmoredKeys(TWO))).toBe(TWO);
    // From RFC 9580 onwards it is optional; a wrong one is still refused.
    expect(() => readArmoredKeys(ONE.replace(/\n=[^\n]{4}\n/, "\n=AAAA\n"))).toThrow(
      /checksum of a block is wrong/,
    );
    expect(readArmoredKeys(ONE.replace(/\n=[^\n]{4}\n/, "\n"))).toHaveLength(1);
  });

  test.skipIf(reason !== undefined)(
    `is read by gpg as both keys${reason === undefined ? "" : ` (${reason})`}`,
    () => {
      const { publicKeys = "" } = scanKeys({ "keys/two.asc": TWO });
      const shown = gpg(temporaryFolder(), ["--show-keys", "--with-colons"], publicKeys);
      const owners = shown
        .split("\n")
        .flatMap((line) => (line.startsWith("uid:") ? [line.split(":")[9]] : []));
      expect(owners).toEqual(["Test One <one@example.org>", "Test Two <two@example.org>"]);
      const broken = publicKeys.replace(/\n=[^\n]{4}\n/, "\n=AAAA\n");
      expect(() => gpg(temporaryFolder(), ["--show-keys"], broken)).toThrow(/CRC|failed/i);
    },
  );

  test("is not there without keys, and other files of the folder are not looked at", async () => {
    const { paths, findings } = await buildFiles({ ...TREE, "keys/README.md": "x", "keys/secret.key": "x" });
    expect(paths.filter((path) => path.startsWith("pks/"))).toEqual([]);
    expect(findings).toEqual([]);
  });
});

/** The first packet's kind replaced; the old format has it in four bits, the new one in six. */
function withFirstPacket(armoredKey: string, kind: number): Buffer {
  const packets = Buffer.from(packetsOf(armoredKey));
  const header = packets[0] ?? 0;
  packets[0] = (header & 0x40) !== 0 ? 0xc0 | kind : (header & 0xc3) | (kind << 2);
  return packets;
}

const DAMAGED = ONE.replace(/\n(\w{4})/, "\n!!!!");

describe("a file that is no public key", () => {
  test.each<[string, string | Buffer, RegExp]>([
    ["a private key", armored(withFirstPacket(ONE, 5), "PRIVATE KEY BLOCK"), /it holds a private key block/],
    ["a private key that calls itself public", armored(withFirstPacket(ONE, 5)), /it holds a secret key/],
    ["a secret subkey", armored(Buffer.concat([packetsOf(ONE), withFirstPacket(TWO, 7)])), /a secret key/],
    [
      "a private key behind a public one",
      ONE + armored(withFirstPacket(TWO, 5), "PRIVATE KEY BLOCK"),
      /private key/,
    ],
    ["a damaged block", DAMAGED, /no armored block/],
    ["a damaged block behind a whole one", TWO + DAMAGED, /damaged or does not end/],
    ["a block that does not end", ONE.slice(0, -40), /no armored block/],
    ["a block that is cut off inside", ONE.replace(/\n.{64}\n/, "\n"), /checksum|not a public key/],
    ["a signature", armored(withFirstPacket(ONE, 2), "SIGNATURE"), /it holds a signature/],
    ["a signature that calls itself a key", armored(withFirstPacket(ONE, 2)), /not a public key/],
    ["a message", armored(Buffer.from("hello"), "MESSAGE"), /it holds a message/],
    ["an empty block", armored(Buffer.alloc(0)), /not a public key/],
    ["binary packets", packetsOf(ONE), /no armored block/],
    ["an empty file", "", /no armored block/],
    ["a file over 1 MiB", ONE + "x".repeat(1024 * 1024), /it cannot be read \(too-large\)/],
  ])("such as %s is a finding, and the rest is served", (_, content, message) => {
    const { publicKeys = "", findings } = scanKeys({ "keys/bad.asc": content });
    expect(findings).toEqual([
      { code: "bad-key", file: "keys/bad.asc", args: { reason: expect.stringMatching(message) } },
    ]);
    expect(publicKeys).toBe(ONE);
  });

  test("such as a link, a pipe or a folder is a finding, and is not followed or waited for", () => {
    const { publicKeys, findings } = scanKeys({}, (folder) => {
      const elsewhere = join(temporaryFolder(), "elsewhere.asc");
      writeFileSync(elsewhere, TWO);
      symlinkSync(elsewhere, join(folder, "link.asc"));
      symlinkSync("/nowhere", join(folder, "dangling.asc"));
      mkdirSync(join(folder, "folder.asc"));
      execFileSync("mkfifo", [join(folder, "pipe.asc")]);
    });
    expect(publicKeys).toBe(ONE);
    expect(findings.map(({ code, file }) => `${code} ${file}`)).toEqual(
      ["dangling", "folder", "link", "pipe"].map((name) => `bad-key keys/${name}.asc`),
    );
  });
});

describe("the folder of keys", () => {
  test("that is a file is a finding", () => {
    const root = registryOf({ ...TREE, keys: ONE });
    const { publicKeys, findings } = scanRegistry({ root });
    expect(publicKeys).toBeUndefined();
    expect(findings).toMatchObject([{ code: "bad-key", file: "keys" }]);
  });

  test("that is a link is not followed out of the registry", () => {
    const root = registryOf(TREE);
    symlinkSync(registryOf({ "elsewhere.asc": ONE }), join(root, "keys"));
    expect(scanRegistry({ root }).publicKeys).toBeUndefined();
  });

  test.skipIf(process.getuid?.() !== 0)("that cannot be read is no bug of ours", async () => {
    const root = registryOf({ ...TREE, "keys/one.asc": ONE });
    execFileSync("chmod", ["755", root]);
    execFileSync("chmod", ["000", join(root, "keys")]);
    const { status, stderr } = await runCli(["status", "--root", root], { uid: 65_534 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("[bad-key]") });
  });
});

describe("readArmoredKeys", () => {
  /** Reads it, or is refused in the one way that callers know. */
  const expectArmorError = (text: string) => {
    try {
      readArmoredKeys(text);
    } catch (error) {
      expect(error).toBeInstanceOf(ArmorError);
    }
  };

  test("throws nothing but ArmorError, whatever is in the text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => expectArmorError(text)));
    const piece = fc.constantFrom(
      ...ONE.split(/(\n)/),
      "-----BEGIN PGP PUBLIC KEY BLOCK-----",
      "=AAAA",
      "A: b",
      " ",
    );
    fc.assert(fc.property(fc.array(piece), (pieces) => expectArmorError(pieces.join(""))));
  });

  test("throws nothing but ArmorError, whatever is in a block", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) =>
        expectArmorError(armored(Buffer.from(bytes))),
      ),
    );
    const whole = packetsOf(ONE);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const changed = Buffer.from(whole);
        changed[at] = byte;
        expectArmorError(armored(changed));
      }),
      { numRuns: 500 },
    );
  });

  const BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
  const MIB = 1024 * 1024;
  const fill = (text: string) => text.repeat(Math.ceil(MIB / text.length)).slice(0, MIB);
  test.each([
    ["headers", BEGIN + fill("A: b\n")],
    ["one header", `${BEGIN}A: ${fill("b")}`],
    ["beginnings", fill(BEGIN)],
    ["beginnings with a line each", fill(`${BEGIN}\nAAAA\n`)],
    ["Base64 without an end", `${BEGIN}\n${fill("AAAA\n")}`],
    ["padding", `${BEGIN}\n${fill("=")}`],
    ["checksums", `${BEGIN}\n${fill("=AAAA\n")}`],
    ["empty lines", `${BEGIN}${fill("\n")}`],
    ["spaces", `-----BEGIN PGP PUBLIC KEY BLOCK-----${fill(" ")}`],
    ["capitals", `-----BEGIN PGP ${fill("A ")}`],
    ["blocks of nothing", fill(armored(Buffer.alloc(0)))],
    ["spaces behind an end", `${armored(Buffer.from("A")).trimEnd()}${fill(" ")}x`],
    ["the smallest packets", armored(Buffer.alloc(MIB * 0.7, Buffer.from([0xc6, 0])))],
    ["whole keys", fill(ONE)],
  ])("is fast on 1 MiB of %s", (_, text) => {
    const begin = performance.now();
    expectArmorError(text);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});
