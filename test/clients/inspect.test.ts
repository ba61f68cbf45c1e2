import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Sif, bufferSource, readSif } from "../../src/index.ts";
import { PROJECT, runCli } from "../support/cli.ts";
import { type User, because, newUser, whyNo } from "../support/clients.ts";
import { listFiles, temporaryFolder } from "../support/registry.ts";
import { newCertificate } from "../support/serving.ts";
import { serveImage } from "../support/sif-server.ts";

const reason = whyNo("apptainer", "openssl");
const IMAGES = join(PROJECT, "images/sha256");
const [SMALLEST = ""] = listFiles(IMAGES);

/** Our words, and those of `apptainer sif list` and `sif info`. */
const TYPES: Readonly<Record<string, string>> = {
  definition: "Def.FILE",
  environment: "Env.Vars",
  labels: "JSON.Labels",
  partition: "FS",
  signature: "Signature",
  json: "JSON.Generic",
  generic: "Generic/Raw",
  "crypto message": "Cryptographic Message",
  sbom: "SBOM",
  "oci root index": "OCI.RootIndex",
  "oci blob": "OCI.Blob",
};
const FILE_SYSTEMS: Readonly<Record<string, string>> = {
  squashfs: "Squashfs",
  ext3: "Ext3",
  archive: "Archive",
  raw: "Raw",
  "encrypted squashfs": "Encrypted squashfs",
  "gocryptfs squashfs": "Gocryptfs squashfs",
};
const PARTITIONS: Readonly<Record<string, string>> = {
  system: "System",
  "primary system": "*System",
  data: "Data",
  overlay: "Overlay",
};
const HASHES: Readonly<Record<string, string>> = {
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
  blake2s: "BLAKE2s-256",
  blake2b: "BLAKE2b-256",
};

const DEFINITION = `Bootstrap: localimage
From: base.sif

%help
    Says hello.

%labels
    Greeting hello world

%environment
    export GREETING=hello

%runscript
    echo hello

%apprun web
    echo web
%applabels web
    Port 80
`;

/** Images that the real program made, by what is special in them. */
const images = new Map<string, Buffer>();
let fingerprint = "";

describe.skipIf(reason !== undefined)(`an image of apptainer${because(reason)}`, () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    try {
      await makeImages(newUser({ folder }));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  const NAMES = [
    "of the example",
    "built",
    "signed",
    "signed with a key file",
    "with every kind",
    "encrypted",
  ];

  describe.each(NAMES)("%s", (name) => {
    test("has the header that apptainer sif header prints", async () => {
      const { sif, output } = await opened(name);
      const { descriptors, data } = sif;
      const said = fieldsOf(await output("apptainer sif header image.sif"));
      expect(said).toMatchObject({
        ...(sif.launch !== "" && { "Launch Script": sif.launch }),
        Version: sif.version,
        "Primary Architecture": sif.architecture ?? "unknown",
        ID: sif.id,
        "Created At": goTime(sif.created),
        "Modified At": goTime(sif.modified),
        "Descriptors Free": String(descriptors.free),
        "Descriptors Total": String(descriptors.total),
        "Descriptors Offset": String(descriptors.offset),
        "Descriptors Size": `${Math.floor(descriptors.size / 1024)} KiB`,
        "Data Offset": String(data.offset),
      });
    });

    test("has the objects that apptainer sif list prints", async () => {
      const { sif, output } = await opened(name);
      const rows = (await output("apptainer sif list image.sif"))
        .split("\n")
        .map((line) => line.split("|").map((cell) => cell.trim().replace(/ +/, " ")))
        .filter(([id = ""]) => /^\d+$/.test(id));
      const ours = sif.objects.map(({ id, group, link, offset, size }) => [
        String(id),
        group === 0 ? "NONE" : String(group),
        linkText(link),
        `${offset}-${offset + size}`,
      ]);
      expect(ours.length).toBeGreaterThan(0);
      expect(rows.map((row) => row.slice(0, 4))).toEqual(ours);
      for (const [index, row] of rows.entries())
        expect(row[4]?.startsWith(TYPES[sif.objects[index]?.type ?? ""] ?? "?")).toBe(true);
    });

    test("has in each object what apptainer sif info prints", async () => {
      const { sif, output } = await opened(name);
      for (const object of sif.objects) {
        const said = fieldsOf(await output(`apptainer sif info ${object.id} image.sif`));
        const { id, type, group, link, offset, size, created, modified } = object;
        expect(said).toEqual({
          "Data Type": TYPES[type],
          ID: String(id),
          "Group ID": group === 0 ? "NONE" : String(group),
          "Linked ID": linkText(link),
          Offset: String(offset),
          Size: String(size),
          "Created At": goTime(created),
          "Modified At": goTime(modified),
          ...(object.name !== undefined && { Name: object.name }),
          ...extraOf(object),
        });
      }
    });
  });

  test("has the labels, the definition file and the apps that apptainer inspect prints", async () => {
    for (const name of ["of the example", "built"]) {
      const { sif, output } = await opened(name);
      const printed = JSON.parse(await output("apptainer inspect --json --all image.sif")) as {
        data: { attributes: { labels: object; deffile: string; apps?: object } };
      };
      const { labels, deffile, apps = {} } = printed.data.attributes;
      expect(sif.labels).toEqual(labels);
      expect(sif.apps).toEqual(Object.keys(apps).sort());
      expect(sif.definition?.trim()).toBe(deffile.trim());
      expect(sif.documents.find(({ name: document }) => document === "inspect-metadata.json")?.value).toEqual(
        printed,
      );
      const shown = await output("apptainer inspect --deffile image.sif");
      expect(shown.trim()).toBe(sif.definition?.trim());
    }
    const { sif } = await opened("built");
    expect(sif).toMatchObject({ labels: { Greeting: "hello world" }, apps: ["web"] });
  });

  test("is signed by the key that apptainer key list prints, for all its objects", async () => {
    const { sif } = await opened("signed");
    expect(fingerprint).toMatch(/^[0-9A-F]{40}$/);
    expect(sif.signatures).toEqual([
      { id: 4, format: "pgp", fingerprint, hash: "sha256", group: 1, objects: [1, 2, 3] },
      { id: 5, format: "pgp", fingerprint, hash: "sha256", group: 1, objects: [2] },
    ]);
    expect(sif.problems).toEqual([]);
  });

  test("names that key in the signature itself, too", async () => {
    const { bytes } = await opened("signed");
    const unnamed = Buffer.from(bytes);
    // The descriptors' copy of it.
    for (const index of [3, 4]) unnamed.fill(0, 4096 + index * 585 + 205, 4096 + index * 585 + 225);
    const { signatures } = await readSif(bufferSource(unnamed));
    expect(signatures.map((signature) => signature.fingerprint)).toEqual([fingerprint, fingerprint]);
  });

  test("is signed with a key file by nobody who has a fingerprint", async () => {
    const { sif } = await opened("signed with a key file");
    expect(sif.signatures).toEqual([
      {
        id: 4,
        format: "dsse",
        keys: [expect.stringMatching(/^SHA256:/)],
        hash: "sha256",
        group: 1,
        objects: [1, 2, 3],
      },
    ]);
    expect(sif.problems).toEqual([]);
  });

  test("is signed for no object that apptainer verify does not name", async () => {
    const { user, sif } = await opened("signed with a key file");
    writeFileSync(join(user.folder, "public.pem"), images.get("public key") ?? "");
    const { stdout, stderr } = await user.run("apptainer verify --key public.pem image.sif");
    const verified = [...`${stdout}${stderr}`.matchAll(/^(\d+) +\|/gm)].map(([, id]) => Number(id));
    expect(verified).toEqual(sif.signatures[0]?.objects);
  });

  test("says that it is encrypted, and how", async () => {
    const { sif } = await opened("encrypted");
    expect(sif).toMatchObject({
      isEncrypted: true,
      encryption: [
        { object: 1, fileSystem: "encrypted squashfs" },
        { object: 2, fileSystem: "gocryptfs squashfs" },
      ],
    });
    expect((await opened("built")).sif.isEncrypted).toBe(false);
  });

  test("is not read from where an https address leads to http", async () => {
    const { file, key } = await newCertificate();
    const image = await serveImage(join(IMAGES, SMALLEST));
    const server = createServer({ cert: readFileSync(file), key: readFileSync(key) }, (request, response) => {
      if (request.url === "/there") response.writeHead(302, { location: image.url }).end();
      else response.writeHead(302, { location: "/there" }).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/here`;
    const result = await runCli(["inspect", url], { env: { NODE_EXTRA_CA_CERTS: file } });
    expect(result).toEqual({
      status: 1,
      stdout: "",
      stderr: `stowage: ${url}: cannot be read: it leads from https:// to http://\n`,
    });
    expect(image.ranges).toEqual([]);
  });

  /** An image, as it is read and in the folder of somebody who asks apptainer about it. */
  async function opened(name: string) {
    const bytes = images.get(name) ?? Buffer.alloc(0);
    const user = newUser({ folder: temporaryFolder() });
    writeFileSync(join(user.folder, "image.sif"), bytes);
    const sif = await readSif(bufferSource(bytes, name));
    return { bytes, sif, user, output: (line: string) => user.output(line) };
  }
});

/** What stands behind each name that a program prints. */
function fieldsOf(text: string): Record<string, string> {
  const lines = text.split("\n").map((line) => /^\s*([^:]+):\s+(.*)$/.exec(line) ?? []);
  return Object.fromEntries(
    lines.flatMap(([, name, value]) => (name === undefined ? [] : [[name, value?.trim()]])),
  ) as Record<string, string>;
}

/** `2026-11-20 13:45:44 +0000 UTC` */
function goTime(time: string | undefined): string {
  return `${time?.replace("T", " ").replace("Z", "")} +0000 UTC`;
}

function linkText(link: Sif["objects"][number]["link"]): string {
  if (!link) return "NONE";
  return "group" in link ? `${link.group} (G)` : String(link.object);
}

function extraOf({
  type,
  fileSystem,
  partition,
  architecture,
  hash,
  fingerprint: signer,
  format,
  message,
  digest,
}: Sif["objects"][number]): Record<string, string | undefined> {
  switch (type) {
    case "partition":
      return {
        "Filesystem Type": FILE_SYSTEMS[fileSystem ?? ""],
        "Partition Type": PARTITIONS[partition ?? ""],
        Architecture: architecture,
      };
    case "signature":
      return { "Hash Type": HASHES[hash ?? ""], ...(signer !== undefined && { Entity: signer }) };
    case "sbom":
      return { Format: format };
    case "crypto message":
      return { "Format Type": format ?? "Unknown", "Message Type": message ?? "Unknown" };
    case "oci blob":
    case "oci root index":
      return { Digest: digest };
    default:
      return {};
  }
}

async function makeImages(user: User): Promise<void> {
  const at = (file: string) => join(user.folder, file);
  const keep = (name: string, file: string) => images.set(name, readFileSync(at(file)));
  writeFileSync(at("base.sif"), readFileSync(join(IMAGES, SMALLEST)));
  keep("of the example", "base.sif");
  writeFileSync(at("x.def"), DEFINITION);
  await user.output("apptainer build built.sif x.def");
  keep("built", "built.sif");
  await signImages(user, keep);
  await addObjects(user, keep);
}

type Keep = (name: string, file: string) => unknown;

async function signImages(user: User, keep: Keep): Promise<void> {
  await user.output(
    "apptainer key newpair --name vanessa --email v@example.org --comment x --password '' --push=false",
  );
  [fingerprint = ""] = /[0-9A-F]{40}/.exec(await user.output("apptainer key list")) ?? [];
  await user.output("cp built.sif signed.sif && apptainer sign signed.sif");
  await user.output("apptainer sign --sif-id 2 signed.sif");
  keep("signed", "signed.sif");
  await user.output("openssl genpkey -algorithm ed25519 -out key.pem");
  await user.output("openssl pkey -in key.pem -pubout -out public.pem");
  await user.output("cp built.sif keyed.sif && apptainer sign --key key.pem keyed.sif");
  keep("signed with a key file", "keyed.sif");
  keep("public key", "public.pem");
}

/** Objects that no ordinary build makes; the last ones stand for what only a machine with cryptsetup encrypts. */
async function addObjects(user: User, keep: Keep): Promise<void> {
  mkdirSync(join(user.folder, "parts"));
  writeFileSync(join(user.folder, "parts/data"), "[]");
  const add = (file: string, options: string) =>
    user.output(`apptainer sif add ${file} parts/data ${options}`);
  await user.output("apptainer sif new all.sif && apptainer sif new encrypted.sif");
  for (const options of [
    "--datatype 1 --filename Singularity",
    "--datatype 2 --groupid 3",
    "--datatype 3 --groupid 3 --link 1",
    "--datatype 4 --partfs 1 --parttype 2 --partarch 4",
    "--datatype 4 --partfs 2 --parttype 4 --partarch 12",
    "--datatype 4 --partfs 3 --parttype 3 --partarch 11",
    "--datatype 4 --partfs 4 --parttype 1 --partarch 6",
    "--datatype 5 --signhash 3 --signentity 433FE984155206BD962725E20E8713472A879943",
    "--datatype 6",
    "--datatype 7",
    "--datatype 9 --sbomformat cyclonedx-json",
    "--datatype 9 --sbomformat syft-json",
    "--datatype 8",
    "--datatype 11",
    "--datatype 10",
  ])
    await add("all.sif", options);
  keep("with every kind", "all.sif");
  await add("encrypted.sif", "--datatype 4 --partfs 5 --parttype 2 --partarch 2");
  await add("encrypted.sif", "--datatype 4 --partfs 6 --parttype 3 --partarch 2");
  keep("encrypted", "encrypted.sif");
}
