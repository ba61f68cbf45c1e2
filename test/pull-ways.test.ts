import { describe, expect, test } from "vitest";
import { publicRegistry, scanRegistry } from "../src/index.ts";
import { pullCommands } from "../src/protocols/pull-ways.ts";
import { siteOf } from "../src/protocols/site.ts";
import { IMAGE, recordOf, storedTag, testImage, waysOf } from "./support/protocols.ts";
import { DEFINITION, type Files, HEX, RECORD_2019, record2, registryOf } from "./support/registry.ts";

const ROOT = { url: "https://lab.org/" };
const BELOW = { url: "https://lab.org/registry/" };
const GREETING = "vanessa/greeting:1.0";

describe("at the root of a host that sets types", () => {
  test("every client has its command", () => {
    expect(waysOf(storedTag(GREETING), GREETING, { ...ROOT, host: "server" })).toEqual({
      "oras://": "apptainer pull greeting_1.0.sif oras://lab.org/vanessa/greeting:1.0",
      "library://":
        "apptainer pull --library https://lab.org greeting_1.0.sif library://vanessa/greeting:1.0",
      "shub://": "apptainer pull greeting_1.0.sif shub://lab.org/vanessa/greeting:1.0",
      "https://": `apptainer pull greeting_1.0.sif https://lab.org/${IMAGE.path}`,
      curl: `curl -fL -o greeting_1.0.sif https://lab.org/${IMAGE.path}`,
      oras: "oras pull lab.org/vanessa/greeting:1.0",
      sregistry: "SREGISTRY_REGISTRY_BASE=https://lab.org sregistry pull vanessa/greeting:1.0",
    });
  });

  test("plain http is said to clients that would ask by https, and a port is kept", () => {
    const at = { url: "http://localhost:8080", host: "server" } as const;
    expect(waysOf(storedTag(GREETING), GREETING, at)).toEqual({
      "oras://": "apptainer pull --no-https greeting_1.0.sif oras://localhost:8080/vanessa/greeting:1.0",
      "library://":
        "apptainer pull --library http://localhost:8080 greeting_1.0.sif library://vanessa/greeting:1.0",
      "shub://": "no: a shub:// address cannot carry a port",
      "https://": `apptainer pull greeting_1.0.sif http://localhost:8080/${IMAGE.path}`,
      curl: `curl -fL -o greeting_1.0.sif http://localhost:8080/${IMAGE.path}`,
      oras: "oras pull --plain-http localhost:8080/vanessa/greeting:1.0",
      sregistry: "SREGISTRY_REGISTRY_BASE=http://localhost:8080 sregistry pull vanessa/greeting:1.0",
    });
    expect(waysOf(storedTag(GREETING), GREETING, { url: "http://lab.org/" })["shub://"]).toBe(
      "apptainer pull --no-https greeting_1.0.sif shub://lab.org/vanessa/greeting:1.0",
    );
  });
});

describe("below a base path", () => {
  test("what is asked at a host's root has none, and the others name the path", () => {
    const reason = "no: clients ask at the root of a host, and this site is below /registry/";
    expect(waysOf(storedTag(GREETING), GREETING, BELOW)).toMatchObject({
      "oras://": reason,
      oras: reason,
      "library://":
        "apptainer pull --library https://lab.org/registry greeting_1.0.sif library://vanessa/greeting:1.0",
      "shub://": "apptainer pull greeting_1.0.sif shub://lab.org/registry/vanessa/greeting:1.0",
      "https://": `apptainer pull greeting_1.0.sif https://lab.org/registry/${IMAGE.path}`,
      sregistry: "SREGISTRY_REGISTRY_BASE=https://lab.org/registry sregistry pull vanessa/greeting:1.0",
    });
  });

  test("with anything but letters, digits, - . / there is no shub address", () => {
    expect(waysOf(storedTag(GREETING), GREETING, { url: "https://lab.org/my_registry/" })["shub://"]).toMatch(
      /^no: a shub:\/\/ address takes letters, digits, - \. \/ and at most 64 characters.*lab\.org\/my_registry/,
    );
  });

  test("64 characters before the namespace are as many as a shub address takes", () => {
    const at = (length: number) => ({ url: `https://lab.org/${"a".repeat(length - "lab.org/".length)}/` });
    expect(waysOf(storedTag(GREETING), GREETING, at(64))["shub://"]).toMatch(/^apptainer pull /);
    expect(waysOf(storedTag(GREETING), GREETING, at(65))["shub://"]).toMatch(/^no: .* at most 64 characters/);
  });
});

test("a protocol that is switched off says so, and takes no other with it", () => {
  const off = "no: it is switched off in registry.yml";
  const ways = (protocol: string) =>
    waysOf({ ...storedTag(GREETING), "registry.yml": `protocols: { ${protocol}: false }\n` }, GREETING, {
      ...ROOT,
      host: "server",
    });
  const namesOff = (protocol: string) =>
    Object.entries(ways(protocol)).flatMap(([name, answer]) => (answer === off ? [name] : []));
  expect(namesOff("oci")).toEqual(["oras://", "oras"]);
  expect(namesOff("library")).toEqual(["library://"]);
  expect(namesOff("shub")).toEqual(["shub://", "sregistry"]);
  for (const protocol of ["sregistry", "labels", "keys"]) expect(namesOff(protocol)).toEqual([]);
  const asked = waysOf(
    { ...storedTag(GREETING), "registry.yml": "protocols: { oci: true }\n" },
    GREETING,
    ROOT,
  );
  expect(asked["oras://"]).toMatch(/^apptainer/);
});

describe("where nobody said the site's address", () => {
  const unknown = "the site's address is not known (url: in registry.yml, or --url)";

  test("only what lies elsewhere can be pulled", () => {
    expect(waysOf(storedTag(GREETING), GREETING)).toEqual({
      "oras://": `no: ${unknown}`,
      "library://": `no: ${unknown}`,
      "shub://": `no: ${unknown}`,
      "https://": `no: the site's address is not known (url: in registry.yml, or --url)`,
      curl: `no: the site's address is not known (url: in registry.yml, or --url)`,
      oras: `no: ${unknown}`,
      sregistry: `no: ${unknown}`,
    });
    const elsewhere = { "registry/vanessa/greeting/manifests/1.0/README.md": record2() };
    expect(waysOf(elsewhere, GREETING)).toMatchObject({
      "https://": `apptainer pull greeting_1.0.sif https://storage.example.org/${HEX}.sif`,
      curl: `curl -fL -o greeting_1.0.sif https://storage.example.org/${HEX}.sif`,
      "shub://": `no: ${unknown}`,
    });
  });
});

describe("a tag without an image that people may have", () => {
  const reasons = (files: Files) => [...new Set(Object.values(waysOf(files, GREETING, ROOT)))];

  test("says that it is not built, gone, or private", () => {
    expect(reasons({ "registry/vanessa/greeting/manifests/1.0/Singularity": DEFINITION })).toEqual([
      "no: no image has been built yet",
    ]);
    expect(reasons({ "registry/vanessa/greeting/manifests/1.0/README.md": recordOf(IMAGE) })).toEqual([
      "no: the image is gone: the registry should keep it, and does not",
    ]);
    const secret = { "registry/vanessa/greeting/README.md": "---\nvisibility: private\n---\n" };
    expect(reasons({ ...storedTag(GREETING), ...secret, ...storedTag("lab/tool:1.0") })).toEqual([
      "no: the collection is private",
    ]);
  });
});

describe("what a record does not say", () => {
  const ways = (record: string, host: "server" | "pages" = "server") =>
    waysOf({ "registry/vanessa/greeting/manifests/1.0/README.md": record }, GREETING, { ...ROOT, host });

  test("without a sha256 there is neither library nor oras", () => {
    const md5 = RECORD_2019.replaceAll(/sha256:[0-9a-f]{64}/g, `md5:${"a".repeat(32)}`);
    expect(ways(md5)).toMatchObject({
      "oras://": "no: the record has no sha256 of the file",
      "library://": "no: the record has no sha256 of the file",
      oras: "no: the record has no sha256 of the file",
      "shub://": "apptainer pull greeting_1.0.sif shub://lab.org/vanessa/greeting:1.0",
    });
    const sha512 = RECORD_2019.replaceAll(/sha256:[0-9a-f]{64}/g, `sha512:${"a".repeat(128)}`);
    expect(ways(sha512)["shub://"]).toMatch(/^no: the record has neither a sha256 nor an md5 of the file/);
    expect(ways(sha512)["sregistry"]).toMatch(/^no: the record has neither a sha256 nor an md5/);
  });

  test("without a size in bytes there is no oras, unless the file is there to be measured", () => {
    expect(ways(RECORD_2019)).toMatchObject({
      "oras://": "no: the record does not say the size of the file in bytes",
      "library://": expect.stringMatching(/^apptainer/),
    });
    const kept = recordOf(IMAGE)
      .replace("schema: 2\n", "")
      .replaceAll(/size: \d+/g, "size: 55056");
    const files = { ...storedTag(GREETING), "registry/vanessa/greeting/manifests/1.0/README.md": kept };
    expect(waysOf(files, GREETING, ROOT)["oras://"]).toMatch(/^apptainer pull /);
  });

  test("an image that is not what its name says is not given to clients that compare", () => {
    const other = testImage("another image");
    const record = recordOf(IMAGE, { url: other.path });
    const files = {
      "registry/vanessa/greeting/manifests/1.0/README.md": record,
      [other.path]: other.bytes,
    };
    expect(waysOf(files, GREETING, ROOT)).toMatchObject({
      "oras://": "no: the record has no sha256 of the file",
      "library://": "no: the record has no sha256 of the file",
      curl: `curl -fL -o greeting_1.0.sif https://lab.org/${other.path}`,
    });
  });
});

test("latest is in no command unless it is the tag that is pulled", () => {
  const files = { ...storedTag("a/b:1.0"), ...storedTag("a/b:2.0"), ...storedTag("c/d:latest") };
  const registry = scanRegistry({ root: registryOf(files) });
  const site = siteOf(publicRegistry(registry), { ...ROOT, host: "server" });
  for (const collection of registry.collections) {
    for (const tag of collection.tags) {
      const commands = pullCommands(collection, tag, site);
      expect(commands).toHaveLength(7);
      expect(commands.some((command) => command.includes("latest"))).toBe(tag.name === "latest");
      const without = commands.filter((command) => !command.includes("//lab.org/images/"));
      for (const command of without) expect(command).toMatch(new RegExp(`[:_]${tag.name}`));
    }
  }
});
