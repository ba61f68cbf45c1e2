import { describe, expect, test } from "vitest";
import { bufferSource, readSif } from "../../src/index.ts";
import { GROUP, type ObjectToWrite, signatureExtra, writeSif } from "../support/sif-writer.ts";

const KEY = "F815862E350044739CA7CB4E974485C68EE5B261";
const GROUP_1 = (GROUP | 1) >>> 0;
const COVERED: readonly ObjectToWrite[] = [
  { type: 1, bytes: "Bootstrap: scratch\n", id: 3 },
  { type: 7, bytes: "data", id: 4 },
  { type: 7, bytes: "of no group", id: 5, group: 0 },
];

/** What an image with these signatures claims. */
async function claimed(...signatures: readonly Partial<ObjectToWrite>[]) {
  const objects = signatures.map((more, index): ObjectToWrite => ({
    type: 5,
    id: 10 + index,
    group: 0,
    link: GROUP_1,
    extra: signatureExtra(1, KEY),
    ...more,
  }));
  const sif = await readSif(bufferSource(writeSif({ objects: [...COVERED, ...objects] })));
  return { signatures: sif.signatures, problems: sif.problems };
}

const body = (...relativeIds: readonly unknown[]) =>
  JSON.stringify({ version: 1, objects: relativeIds.map((relativeId) => ({ relativeId })) });

function pgp(text: string, packets: Buffer = Buffer.alloc(0), headers = ""): string {
  const armor = packets.toString("base64").replaceAll(/.{1,64}/g, "$&\n");
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${text}\n-----BEGIN PGP SIGNATURE-----\n${headers}\n${armor}=abcd\n-----END PGP SIGNATURE-----`;
}

/** A signature packet with these subpackets. */
function packet(subpackets: Buffer, version = 4, tag = 0xc2): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(subpackets.length);
  const content = Buffer.concat([Buffer.from([version, 1, 1, 8]), length, subpackets, Buffer.alloc(8)]);
  const head = tag === 0xc2 ? [tag, 255, 0, 0, 0, content.length] : [tag, content.length];
  return Buffer.concat([Buffer.from(head), content]);
}
const time = Buffer.from([5, 2, 1, 2, 3, 4]);
const issuer = (key = KEY) => Buffer.concat([Buffer.from([22, 33, 4]), Buffer.from(key, "hex")]);

describe("a PGP signature claims", () => {
  test("who signed which objects of which group", async () => {
    expect(await claimed({ bytes: pgp(body(0, 1)) })).toEqual({
      signatures: [{ id: 10, format: "pgp", fingerprint: KEY, hash: "sha256", group: 1, objects: [3, 4] }],
      problems: [],
    });
  });

  test("objects by their place behind the first of the group, each once, in order", async () => {
    const { signatures, problems } = await claimed({ bytes: pgp(body(1, 0, 1)) });
    expect([signatures[0]?.objects, problems]).toEqual([[3, 4], []]);
  });

  test("no object by what is no number", async () => {
    const { signatures } = await claimed({ bytes: pgp(body("0", -1, 0.5, null, 2 ** 60, 1)) });
    expect(signatures[0]?.objects).toEqual([4]);
  });

  test.each(["", "{", "[]", '{"objects":7}', '{"objects":[null,3]}'])("nothing in %j", async (text) => {
    const { signatures, problems } = await claimed({ bytes: pgp(text) });
    expect([signatures[0]?.objects, problems]).toEqual([[], []]);
  });

  test.each([
    [2, "sha384"],
    [3, "sha512"],
    [4, "blake2s"],
    [5, "blake2b"],
    [6, undefined],
  ])("its hash, number %s: %s", async (number, hash) => {
    const { signatures } = await claimed({ bytes: pgp(body(0)), extra: signatureExtra(number, KEY) });
    expect(signatures[0]?.hash).toBe(hash);
  });

  test("a signer by its packet, where the descriptor names none", async () => {
    const long = Buffer.concat([Buffer.from([192, 200 - 192]), Buffer.alloc(200, 20)]);
    for (const bytes of [
      pgp(body(0), packet(Buffer.concat([long, issuer()]))),
      pgp(body(0), packet(Buffer.concat([time, issuer()]))),
      pgp(body(0), packet(Buffer.concat([time, issuer()]), 4, 0x88)),
      pgp(body(0), packet(issuer()), "Version: 1\nComment: x\n"),
    ]) {
      const { signatures } = await claimed({ bytes, extra: signatureExtra(1) });
      expect(signatures[0]?.fingerprint).toBe(KEY);
    }
  });

  test.each([
    ["of another version", packet(issuer(), 3)],
    ["without an issuer", packet(time)],
    ["that is a key", Buffer.concat([Buffer.from([0xc6]), packet(issuer()).subarray(1)])],
    ["that is nothing", Buffer.from([0])],
    ["with a subpacket without end", packet(Buffer.from([255, 255, 255, 255, 255, 33]))],
    ["with empty subpackets", packet(Buffer.alloc(100))],
  ])("no signer by a packet %s", async (_, packets) => {
    const { signatures } = await claimed({ bytes: pgp(body(0), packets), extra: signatureExtra(1) });
    expect(signatures[0]).not.toHaveProperty("fingerprint");
  });
});

describe("a DSSE envelope claims", () => {
  const envelope = (more: object = {}) =>
    JSON.stringify({
      payloadType: "application/vnd.sylabs.sif-metadata+json",
      payload: Buffer.from(body(0, 1)).toString("base64"),
      signatures: [{ keyid: "SHA256:abc", sig: "x" }, { sig: "y" }],
      ...more,
    });

  test("what is covered, and by which key", async () => {
    expect(await claimed({ bytes: envelope(), extra: signatureExtra(1) })).toEqual({
      signatures: [
        { id: 10, format: "dsse", keys: ["SHA256:abc"], hash: "sha256", group: 1, objects: [3, 4] },
      ],
      problems: [],
    });
  });

  test("nothing in a payload that is none", async () => {
    const { signatures } = await claimed({ bytes: envelope({ payload: "%%%", signatures: 7 }) });
    expect(signatures[0]).toMatchObject({ format: "dsse", objects: [] });
    expect(signatures[0]).not.toHaveProperty("keys");
  });

  test("nothing where it is about something else", async () => {
    const { signatures, problems } = await claimed({ bytes: envelope({ payloadType: "text/plain" }) });
    expect(signatures[0]).toMatchObject({ format: "unknown", objects: [] });
    expect(problems).toEqual(["signature 10 is in no format that is known"]);
  });
});

describe("a signature of singularity 3.0 to 3.5", () => {
  const bytes = pgp("SIFHASH:\n2f0b3dca0ec42683d306338f68689aba29cdb83625b8cc0b8a789f8de92342");

  test("covers the object that it is linked to", async () => {
    const { signatures } = await claimed({ bytes, link: 4 });
    expect(signatures[0]).toEqual({
      id: 10,
      format: "legacy",
      fingerprint: KEY,
      hash: "sha256",
      objects: [4],
    });
  });

  test("covers the group that it is linked to", async () => {
    const { signatures } = await claimed({ bytes });
    expect(signatures[0]).toMatchObject({ format: "legacy", group: 1, objects: [3, 4] });
  });

  test("covers nothing without a link", async () => {
    const { signatures } = await claimed({ bytes, link: 0 });
    expect(signatures[0]?.objects).toEqual([]);
  });
});

describe("a signature that cannot be right is told as a problem", () => {
  test("of objects that are not there", async () => {
    const { signatures, problems } = await claimed({ bytes: pgp(body(0, 30)) });
    expect(signatures[0]?.objects).toEqual([3, 33]);
    expect(problems).toEqual(["signature 10 covers object 33, which is not there"]);
  });

  test("of another key than is listed", async () => {
    const other = "0123456789ABCDEF0123456789ABCDEF01234567";
    const { signatures, problems } = await claimed({ bytes: pgp(body(0), packet(issuer(other))) });
    expect(signatures[0]?.fingerprint).toBe(KEY);
    expect(problems).toEqual([
      `signature 10 is listed as made with the key ${KEY}, and says itself ${other}`,
    ]);
  });

  test("of no known format", async () => {
    expect((await claimed({ bytes: "signed, honestly" })).problems).toEqual([
      "signature 10 is in no format that is known",
    ]);
  });
});

test("several signatures are told one by one", async () => {
  const { signatures } = await claimed({ bytes: pgp(body(0)) }, { bytes: pgp(body(1)) });
  expect(signatures.map(({ id, objects }) => [id, objects])).toEqual([
    [10, [3]],
    [11, [4]],
  ]);
});
