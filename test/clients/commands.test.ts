import { describe, expect, test } from "vitest";
import { HOST_NAMES, type HostName } from "../../src/host.ts";
import { type PullWay, commandOf, isRefusal, quoteForShell, wayName } from "../../src/protocols/pull-line.ts";
import { pullWays } from "../../src/protocols/pull-ways.ts";
import { type User, lineInSpiteOf, newUser, because, twoAtATime, whyNo } from "../support/clients.ts";
import {
  type TestImage,
  imagesUnless,
  legacyRecordOf,
  recordOf,
  registryFiles,
} from "../support/image-building.ts";
import { DEFINITION, type Files } from "../support/registry.ts";
import {
  type Certificate,
  type ServedSite,
  newCertificate,
  serveSite,
  serveStorage,
  whyNoPort80,
} from "../support/serving.ts";

/*
 * Every command that people are shown is typed into a shell, and every refusal is shown to be true by typing what
 * would have been shown instead.
 */

const reason = whyNo("apptainer", "oras", "curl", "openssl") ?? (await whyNoPort80());
const [hello, goodbye] = await imagesUnless(reason, "hello", "goodbye");

/** Where a site answers. */
interface Place {
  readonly host: HostName;
  readonly scheme: "http" | "https";
  readonly basePath: string;
}

const PLACES: readonly Place[] = [
  ...HOST_NAMES.flatMap((host) => [
    { host, scheme: "http", basePath: "/" } as const,
    { host, scheme: "http", basePath: "/lab/registry/" } as const,
  ]),
  { host: "pages", scheme: "https", basePath: "/registry/" },
  { host: "netlify", scheme: "https", basePath: "/" },
];

/** A tag for everything that a client may stumble over, and the image that each has to give. */
interface Fixture {
  readonly files: Files;
  readonly images: ReadonlyMap<string, TestImage>;
}

const LONG = `a-name-longer-than-${"sixty-four-".repeat(6)}characters`;

async function fixture(certificate: Certificate): Promise<Fixture> {
  const plain = await serveStorage({ "goodbye.sif": goodbye.bytes, "old/hello.simg": hello.bytes });
  const secure = await serveStorage(
    { "it's-(hello)&$HOME.sif": hello.bytes, "hello.sif": hello.bytes },
    certificate,
  );
  const kept: readonly (readonly [reference: string, image: TestImage])[] = [
    ["vanessa/greeting:latest", hello],
    ["vanessa/greeting:1.0", goodbye],
    ["vanessa/greeting:same-as-latest", hello],
    ["vanessa/greeting:_underscore", hello],
    ["Upper/Case-Name:V1.0", goodbye],
    ["upper/taken:V1", hello],
    ["upper/taken:v1", goodbye],
    ["lab/deep/tool:1", hello],
    ["lab/very/deep/tool:1", goodbye],
    ["dotted.ns/tool:1", hello],
    ["under_score/tool:1", hello],
    ["lab/under_score:1", goodbye],
    ["lab/under___score:1", hello],
    ["lab/two..dots:1", hello],
    ["lab/name-:1", hello],
    ["lab/c++:1", goodbye],
    ["lab/plus:2.0+cuda", goodbye],
    ["lab/tool.simg:1", hello],
    [`lab/${LONG}:1`, hello],
    [`${LONG}/tool:1`, hello],
  ];
  const elsewhere: readonly (readonly [reference: string, image: TestImage, url: string])[] = [
    ["elsewhere/plain:1", goodbye, `${plain}/goodbye.sif`],
    ["elsewhere/secure:1", hello, `${secure}/hello.sif`],
    ["elsewhere/quoted:1", hello, `${secure}/it's-(hello)&$HOME.sif`],
  ];
  const records = Object.fromEntries([
    ...kept.map(([reference, image]) => [reference, recordOf(image)] as const),
    ...elsewhere.map(([reference, image, url]) => [reference, recordOf(image, { url })] as const),
    ["elsewhere/legacy:2019", legacyRecordOf(hello, `${plain}/old/hello.simg`)],
    ["elsewhere/bucket:1", recordOf(hello, { url: "s3://bucket/hello.sif" })],
    ["lab/gone:1", recordOf({ ...hello, sha256: "0".repeat(64) })],
    ["secret/tool:1", recordOf(hello)],
  ]);
  return {
    files: {
      ...registryFiles(records, [hello, goodbye]),
      "registry/secret/tool/README.md": "---\nvisibility: private\n---\n",
      "registry/lab/planned/manifests/1/Singularity": DEFINITION,
    },
    images: new Map<string, TestImage>([
      ...kept,
      ...elsewhere.map(([reference, image]) => [reference, image] as const),
      ["elsewhere/legacy:2019", hello],
    ]),
  };
}

async function serveFixture({ host, scheme, basePath }: Place) {
  const certificate = await newCertificate();
  const { files, images } = await fixture(certificate);
  const site = await serveSite({ files, host, basePath, ...(scheme === "https" && { certificate }) });
  return { site, images, trust: { certificate: certificate.file } };
}

/** One way to pull one tag of a site. */
interface Case {
  readonly way: PullWay;
  readonly reference: string;
  readonly imageUrl: string;
}

function everyCase({ registry, site }: ServedSite): Case[] {
  return registry.collections.flatMap((collection) =>
    collection.tags.flatMap((tag) =>
      pullWays(collection, tag, site).map((way) => ({
        way,
        reference: `${collection.name}:${tag.name}`,
        imageUrl: tag.record?.layers[0]?.url ?? "",
      })),
    ),
  );
}

/** Whether a command gives the image that it should. */
async function gives(user: User, { way, reference }: Case, images: Fixture["images"]): Promise<boolean> {
  if (isRefusal(way)) return false;
  const pull = way.client === "sregistry" ? pullAsSregistry : (line: string) => user.pull(line);
  const expected = images.get(reference);
  return expected !== undefined && (await pull(way.command, user)).equals(expected.bytes);
}

/** Singularity Registry's client cannot be installed any more: this asks what it asks, for names in lower case. */
async function pullAsSregistry(command: string, user: User): Promise<Buffer> {
  const [, base, name = ""] = /^SREGISTRY_REGISTRY_BASE=(\S+) sregistry pull (\S+)$/.exec(command) ?? [];
  const answer = await user.output(commandOf("curl", "-sfL", `${base}/api/container/${name.toLowerCase()}`));
  const { image } = JSON.parse(answer) as { image: string };
  return user.pull(`curl -sfL -o x.sif ${quoteForShell(image)}`);
}

describe.skipIf(reason !== undefined)(`what people are told to type${because(reason)}`, () => {
  test.each(
    PLACES.map((place) => [`${place.host}, ${place.scheme}://HOST${place.basePath}`, place] as const),
  )("gives each image byte for byte, and what is refused cannot work: %s", async (_, place) => {
    const { site, images, trust } = await serveFixture(place);
    const cases = everyCase(site);
    const wrong: string[] = [];

    const told = cases.filter(({ way }) => !isRefusal(way));
    await twoAtATime(told, async (each) => {
      // A cache with the image of another name in it would hide what this one gives.
      const isRight = await gives(newUser(trust), each, images).catch(String);
      if (isRight !== true) wrong.push(`${JSON.stringify(each)}: ${isRight}`);
    });

    await twoAtATime(onePerReason(cases), async (each) => {
      const line = lineInSpiteOf({ ...each, site });
      if (line === undefined) return;
      const { status } = await newUser(trust).run(line);
      if (status === 0) wrong.push(`${line} works, and is refused: ${JSON.stringify(each.way)}`);
    });

    expect(wrong).toEqual([]);
    expect([...new Set(told.map(({ way }) => wayName(way)))].sort()).toEqual(offeredWays(place));
  });

  test("leaves out no client that could have an image", async () => {
    const { site } = await serveFixture({ host: "server", scheme: "http", basePath: "/" });
    const refused: Record<string, string[]> = {};
    for (const { reference, way } of everyCase(site)) {
      if (isRefusal(way)) (refused[reference] ??= []).push(wayName(way));
    }
    const all = ["oras://", "library://", "shub://", "https://", "curl", "oras", "sregistry"];
    expect(refused).toEqual({
      "Upper/Case-Name:V1.0": ["oras://", "oras"],
      "upper/taken:V1": ["sregistry"],
      "lab/deep/tool:1": ["sregistry"],
      "lab/very/deep/tool:1": ["library://", "sregistry"],
      "dotted.ns/tool:1": ["shub://", "sregistry"],
      "under_score/tool:1": ["shub://"],
      "lab/under___score:1": ["oras"],
      "lab/two..dots:1": ["oras"],
      "lab/name-:1": ["oras"],
      "lab/c++:1": ["oras://", "shub://", "oras"],
      "lab/plus:2.0+cuda": ["oras://", "shub://", "oras"],
      "lab/tool.simg:1": ["sregistry"],
      [`lab/${LONG}:1`]: ["shub://"],
      [`${LONG}/tool:1`]: ["shub://"],
      "elsewhere/secure:1": ["shub://"],
      "elsewhere/quoted:1": ["shub://"],
      "elsewhere/legacy:2019": ["oras://", "library://", "oras"],
      "elsewhere/bucket:1": all,
      "lab/gone:1": all,
      "lab/planned:1": all,
      "secret/tool:1": all,
    });
  });
});

/** The first refusal of each kind. */
function onePerReason(cases: readonly Case[]): Case[] {
  const kinds = new Map<string, Case>();
  for (const each of cases) {
    if (!isRefusal(each.way)) continue;
    const kind = wayName(each.way) + each.way.reason;
    if (!kinds.has(kind)) kinds.set(kind, each);
  }
  return [...kinds.values()];
}

/** So that a site that offers nothing fails. */
function offeredWays({ host, basePath }: Place): string[] {
  const everywhere = ["curl", "https://", "library://", "shub://", "sregistry"];
  if (basePath !== "/") return everywhere;
  return [...everywhere, ...(host === "pages" ? [] : ["oras"]), "oras://"].sort();
}
