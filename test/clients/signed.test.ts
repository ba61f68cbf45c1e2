import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { HOST_NAMES } from "../../src/host.ts";
import { type User, commandFor, newUser, because, whyNoApptainer } from "../support/clients.ts";
import {
  type TestImage,
  buildImages,
  imageOfBytes,
  recordOf,
  registryFiles,
} from "../support/image-building.ts";
import { type SiteToServe, serveSite, whyNoPort80 } from "../support/serving.ts";

const reason = whyNoApptainer() ?? (await whyNoPort80());

/** Somebody with a key pair. */
interface Signer {
  readonly user: User;
  readonly publicKey: string;
  readonly fingerprint: string;
}

const TAG = "vanessa/greeting:1.0";
let alice: Signer;
let bob: Signer;
let mallory: Signer;
let byAlice: TestImage;
let byTwo: TestImage;
let byMalloryToo: TestImage;

describe.skipIf(reason !== undefined)(`signed images${because(reason)}`, () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
    try {
      [alice, bob, mallory] = (await Promise.all(
        ["alice", "bob", "mallory"].map((name) => newSigner(name, join(folder, name))),
      )) as [Signer, Signer, Signer];
      const [image] = await buildImages("hello");
      byAlice = await signed(image, alice);
      byTwo = await signed(byAlice, bob);
      byMalloryToo = await signed(byTwo, mallory);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  function serveSigned({ host = "pages", basePath = "/" }: Partial<SiteToServe> = {}) {
    const files = {
      ...registryFiles({ [TAG]: recordOf(byTwo) }, [byTwo]),
      "keys/alice.asc": alice.publicKey,
      "keys/bob.asc": bob.publicKey,
    };
    return serveSite({ files, host, basePath });
  }

  async function verify(image: TestImage, url: string) {
    const user = newUser();
    writeFileSync(join(user.folder, "image.sif"), image.bytes);
    return user.run(`apptainer verify --url ${url} image.sif`);
  }

  test.each(HOST_NAMES)("are verified with the keys of the registry, on %s", async (host) => {
    const site = await serveSigned({ host });
    const user = newUser();
    await user.output(commandFor(site, TAG, "oras://"));
    const { stdout } = await user.run(`apptainer verify --json --url ${site.url} greeting_1.0.sif`);
    const { SignerKeys } = JSON.parse(stdout) as {
      SignerKeys: { Signer: Readonly<Record<string, unknown>> }[];
    };
    const verified = SignerKeys.map(({ Signer }) => [Signer["Fingerprint"], Signer["DataCheck"]]);
    const parts = 3;
    expect(verified).toEqual([
      ...Array.from({ length: parts }, () => [alice.fingerprint, true]),
      ...Array.from({ length: parts }, () => [bob.fingerprint, true]),
    ]);
  });

  test("are not verified where one of the signers is nobody of the registry", async () => {
    const { url } = await serveSigned();
    expect((await verify(byTwo, url)).status).toBe(0);
    const { status, stderr } = await verify(byMalloryToo, url);
    expect(status).not.toBe(0);
    expect(stderr).toContain("signature made by unknown entity");
  });

  test("are not verified when they were changed since", async () => {
    const { url } = await serveSigned();
    const bytes = Buffer.from(byTwo.bytes);
    // Its definition file is kept in it as it stands.
    bytes.write("echo jello", bytes.indexOf("echo hello"));
    const { status, stderr } = await verify(imageOfBytes(bytes), url);
    expect(status).not.toBe(0);
    expect(stderr).toContain("data object integrity compromised");
  });

  test("are verified as they are pulled by whoever has added the registry", async () => {
    const { url } = await serveSigned();
    const user = newUser();
    await user.output(`apptainer remote add --no-login --insecure lab ${url.slice(0, -1)}`);
    const { status, stderr } = await user.run(`apptainer pull image.sif library://${TAG}`);
    expect([status, stderr]).toEqual([0, expect.not.stringContaining("WARNING")]);
    expect(await user.output("apptainer verify image.sif")).toContain("[REMOTE]");
  });

  test("are verified with keys that were pulled from a registry with one key", async () => {
    const files = {
      ...registryFiles({ [TAG]: recordOf(byAlice) }, [byAlice]),
      "keys/alice.asc": alice.publicKey,
    };
    const site = await serveSite({ files });
    const user = newUser();
    await user.output(commandFor(site, TAG, "oras://"));
    expect((await user.run("apptainer verify --local greeting_1.0.sif")).status).not.toBe(0);
    await user.output(`apptainer key pull --url ${site.url} ${alice.fingerprint}`);
    expect(await user.output("apptainer verify --local greeting_1.0.sif")).toContain("[LOCAL]");
  });

  test("apptainer key pull takes no key from a registry with several: whatever is asked, all are answered", async () => {
    const { url } = await serveSigned();
    const { status, stderr } = await newUser().run(`apptainer key pull --url ${url} ${bob.fingerprint}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain("server returned more than one key");
  });

  test("have no keys below a path of a host, where no client asks for them", async () => {
    const { url, site, requests } = await serveSigned({ basePath: "/registry/" });
    expect(site.refusals.get("keys")).toMatch(/clients ask at the root of a host/);
    expect((await verify(byTwo, url)).status).not.toBe(0);
    expect(requests).toEqual([expect.stringMatching(/^GET \/pks\/lookup\?/)]);
  });
});

async function newSigner(name: string, folder: string): Promise<Signer> {
  mkdirSync(folder);
  const user = newUser({ folder });
  const person = `--name ${name} --email ${name}@example.org --comment test --password ''`;
  await user.output(`apptainer key newpair ${person} --push=false`);
  await user.output("echo 0 | apptainer key export --armor public.asc");
  const [fingerprint = "no key"] = /[0-9A-F]{40}/.exec(await user.output("apptainer key list")) ?? [];
  const publicKey = readFileSync(join(folder, "public.asc"), "utf8");
  return { user, publicKey, fingerprint: fingerprint.toLowerCase() };
}

/** The image with one more signature. */
async function signed({ bytes }: TestImage, { user }: Signer): Promise<TestImage> {
  const file = join(user.folder, "image.sif");
  writeFileSync(file, bytes);
  await user.output("apptainer sign image.sif");
  return imageOfBytes(readFileSync(file));
}
