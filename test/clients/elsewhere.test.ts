import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isRefusal, wayName } from "../../src/protocols/pull-line.ts";
import { pullWays } from "../../src/protocols/pull-ways.ts";
import { commandFor, newUser, because, whyNo } from "../support/clients.ts";
import { imagesUnless, legacyRecordOf, recordOf, registryFiles } from "../support/image-building.ts";
import { listFiles } from "../support/registry.ts";
import { newCertificate, serveSite, serveStorage, whyNoPort80 } from "../support/serving.ts";

const reason = whyNo("apptainer", "oras", "skopeo", "openssl") ?? (await whyNoPort80());
const [hello, goodbye] = await imagesUnless(reason, "hello", "goodbye");

const LATEST = "vanessa/greeting:latest";

describe.skipIf(reason !== undefined)(`images that lie elsewhere${because(reason)}`, () => {
  /** Two collections with a tag of the same name, which no pattern of a redirect may mix up. */
  async function serveRedirects(host: "netlify" | "cloudflare" | "server", bytes = hello.bytes) {
    const certificate = await newCertificate();
    const storage = await serveStorage({ hello: bytes, goodbye: goodbye.bytes }, certificate);
    const records = {
      [LATEST]: recordOf(hello, { url: `${storage}/hello` }),
      "vanessa/greeting:1.0": recordOf(goodbye, { url: `${storage}/goodbye` }),
      "lab/greeting:latest": recordOf(goodbye, { url: `${storage}/goodbye` }),
      "lab/deep/greeting:latest": recordOf(goodbye, { url: `${storage}/goodbye` }),
    };
    const site = await serveSite({ files: registryFiles(records), host });
    return { site, user: () => newUser({ certificate: certificate.file }) };
  }

  describe.each(["netlify", "cloudflare", "server"] as const)("behind redirects on %s", (host) => {
    test.each(["library://", "oras://", "oras"])("are found by %s", async (name) => {
      const { site, user } = await serveRedirects(host);
      expect(listFiles(site.directory).filter((file) => file.endsWith(".sif"))).toEqual([]);
      for (const [reference, image] of [
        [LATEST, hello],
        ["vanessa/greeting:1.0", goodbye],
        ["lab/greeting:latest", goodbye],
        ["lab/deep/greeting:latest", goodbye],
      ] as const) {
        const bytes = await user().pull(commandFor(site, reference, name));
        expect(bytes.equals(image.bytes), reference).toBe(true);
      }
    });

    test("are found by their hashes", async () => {
      const { site, user } = await serveRedirects(host);
      const manifest = await (await fetch(`${site.url}v2/vanessa/greeting/manifests/1.0`)).text();
      const digest = createHash("sha256").update(manifest).digest("hex");
      for (const line of [
        `apptainer pull --library ${site.url} x.sif library://vanessa/greeting:sha256.${goodbye.sha256}`,
        `apptainer pull --no-https x.sif oras://${site.authority}/vanessa/greeting@sha256:${digest}`,
        `oras blob fetch --plain-http -o x.sif ${site.authority}/vanessa/greeting@sha256:${goodbye.sha256}`,
      ]) {
        expect((await user().pull(line)).equals(goodbye.bytes), line).toBe(true);
      }
    });

    test.each(["library://", "oras://", "oras"])("and are others by now are refused by %s", async (name) => {
      const changed = Buffer.from(hello.bytes);
      changed[changed.length - 1] = 0xff;
      const { site, user } = await serveRedirects(host, changed);
      const { status, stderr } = await user().run(commandFor(site, LATEST, name));
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/digest|checksum|hash|verif/i);
    });
  });

  test("and are known by an md5 of 2019 alone are pulled by shub:// and by address", async () => {
    const storage = await serveStorage({ "2019/hello.simg": hello.bytes });
    const files = registryFiles({ "old/fortune:2019": legacyRecordOf(hello, `${storage}/2019/hello.simg`) });
    const site = await serveSite({ files, host: "pages", basePath: "/registry/" });
    const [collection] = site.registry.collections;
    const [tag] = collection?.tags ?? [];
    const told =
      collection && tag ? pullWays(collection, tag, site.site).filter((way) => !isRefusal(way)) : [];
    expect(told.map(wayName)).toEqual(["shub://", "https://", "curl", "sregistry"]);
    for (const line of [
      ...["shub://", "https://", "curl"].map((name) => commandFor(site, "old/fortune:2019", name)),
      `apptainer pull --no-https x.sif shub://${site.authority}/old/fortune@${hello.md5}`,
      `apptainer pull --no-https x.sif shub://${site.authority}/old/fortune:2019@${hello.md5}`,
    ]) {
      expect((await newUser().pull(line)).equals(hello.bytes), line).toBe(true);
    }
    const body: unknown = await (await fetch(`${site.url}api/container/old/fortune:2019`)).json();
    expect(body).toMatchObject({
      image: `${storage}/2019/hello.simg`,
      version: hello.md5,
      commit: hello.md5,
    });
  });

  test("in another OCI registry are pulled from there", async () => {
    const certificate = await newCertificate();
    const other = await serveSite({
      files: registryFiles({ [LATEST]: recordOf(hello) }, [hello]),
      host: "server",
      certificate,
    });
    const url = `oras://${other.authority}/${LATEST}`;
    const site = await serveSite({
      files: registryFiles({ "lab/copy:1": recordOf(hello, { url }) }),
      isOnAnyPort: true,
    });
    const user = newUser({ certificate: certificate.file });
    for (const way of ["oras://", "oras"])
      expect((await user.pull(commandFor(site, "lab/copy:1", way))).equals(hello.bytes)).toBe(true);
  });
});
