import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { HOST_NAMES } from "../src/host.ts";
import type { Collection, Config, Registry, Tag } from "../src/index.ts";
import { pullCommands } from "../src/protocols/pull-ways.ts";
import { siteOf } from "../src/protocols/site.ts";
import type { Digest } from "../src/registry/digest.ts";
import type { CollectionName, TagName } from "../src/registry/reference.ts";
import { recordOf, testImage, waysOf } from "./support/protocols.ts";

/** As apptainer 1.4.5 has it. */
const SHUB =
  /^shub:\/\/([-.a-zA-Z0-9/]{1,64}\/)?[-a-zA-Z0-9]{1,39}\/[-_.a-zA-Z0-9]{1,64}(:[-_.a-zA-Z0-9]{1,64})?$/;
const ORAS = /^oras:\/\/[^/]+\/[a-z0-9_./-]{2,255}:[A-Za-z0-9_.-]{1,128}$/;

/** What stands in a shell for itself; the rest has to be quoted. */
const SAFE = /^[A-Za-z0-9_./:@%+=,\- ]*$/;

/** The words that a shell makes of each command. */
function wordsOf(commands: readonly string[]): string[][] {
  const script = commands.map((command) => `set -- ${command}\nprintf '%s\\0' "$#" "$@"`).join("\n");
  const words = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
  return commands.map(() => words.splice(0, Number(words.shift())));
}

const segment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,70}$/);
const tagName = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._+-]{0,70}$/);
/** What the schema of a record takes for an address, and people would not. */
const strangerUrl = fc
  .tuple(
    fc.constantFrom("https", "http", "ftp", "oras"),
    fc.stringMatching(/^[a-z]{1,5}[A-Za-z0-9'$;&()#!*?[\]~=,.:@%+/_é-]{0,20}$/),
  )
  .map(([scheme, rest]) => `${scheme}://${rest}`);
const siteUrl = fc.constantFrom(
  "https://lab.org/",
  "http://lab.org:8080/",
  "https://lab.org/~user/it's(mine)/",
  "http://lab.org/a/b_c/",
  `https://${"long.".repeat(11)}org/`,
);

function registryOf(names: readonly (readonly [string, string, string])[]): Registry {
  const collections = names.map(([name, tag, url]): Collection => {
    const digest = `sha256:${"0".repeat(64)}` as Digest;
    const record = { schema: 2, size: 1, digest, layers: [{ size: 1, digest, url }] } as const;
    const tags: Tag[] = [
      {
        name: tag as TagName,
        folder: "",
        isFrozen: false,
        isLink: false,
        hasBuildScript: false,
        hasLog: false,
        status: "built",
        record,
      },
    ];
    const known = { name: name as CollectionName, folder: "", isPrivate: false, readme: "" };
    return { ...known, owners: [], topics: [], tags };
  });
  const config: Config = {
    title: "",
    storage: { kind: "directory" },
    builder: { kind: "none" },
    protocols: {},
    theme: {},
  };
  return { config, collections, images: new Map(), findings: [] };
}

const entry = fc.tuple(
  fc.array(segment, { minLength: 2, maxLength: 4 }).map((segments) => segments.join("/")),
  tagName,
  strangerUrl,
);

describe("any registry", () => {
  test("has commands that a shell reads as the words that they are made of", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        siteUrl,
        fc.constantFrom(...HOST_NAMES),
        (names, url, host) => {
          const registry = registryOf(names);
          const site = siteOf(registry, { url, host });
          for (const [index, collection] of registry.collections.entries()) {
            const [name = "", tag = "", address = ""] = names[index] ?? [];
            const commands = collection.tags.flatMap((each) => pullCommands(collection, each, site));
            const file = `${name.split("/").at(-1)}_${tag}.sif`;
            for (const words of wordsOf(commands)) {
              expectWords(words, { reference: `${name}:${tag}`, address, file, base: url.slice(0, -1) });
            }
            for (const command of commands) {
              expect(command.replaceAll(/'[^']*'|\\'/g, "")).toMatch(SAFE);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

interface Expected {
  readonly reference: string;
  readonly address: string;
  readonly file: string;
  readonly base: string;
}

/** Each word is ours, or exactly one text of the registry's. */
function expectWords(words: readonly string[], { reference, address, file, base }: Expected): void {
  const flags = ["--no-https", "--plain-http"];
  const [program, ...rest] = words.filter((word) => !flags.includes(word));
  const onHost = `${base.replace(/^https?:\/\//, "")}/${reference}`;
  const last = rest.at(-1) ?? "";
  if (program === "curl") expect(rest).toEqual([expect.stringMatching(/^-g?fL$/), "-o", file, address]);
  else if (program === "oras") {
    expect(rest).toEqual(["pull", expect.any(String)]);
    expect([onHost, address.replace("oras://", "")]).toContain(last);
  } else if (program?.startsWith("SREGISTRY"))
    expect(words).toEqual([`SREGISTRY_REGISTRY_BASE=${base}`, "sregistry", "pull", reference.toLowerCase()]);
  else if (last.startsWith("library://"))
    expect(words).toEqual(["apptainer", "pull", "--library", base, file, `library://${reference}`]);
  else {
    expect([program, ...rest.slice(0, -1)]).toEqual(["apptainer", "pull", file]);
    expect([address, `oras://${onHost}`, `shub://${onHost}`]).toContain(last);
    if (last.startsWith("shub:")) expect(last).toMatch(SHUB);
    if (last.startsWith("oras:") && last !== address) expect(last).toMatch(ORAS);
  }
}

test("an address with brackets is given to curl as it stands, not as a list of addresses", () => {
  const url = "https://storage.org/[1-999999].sif";
  const files = { "registry/lab/tool/manifests/1.0/README.md": recordOf(testImage("x"), { url }) };
  const { curl = "" } = waysOf(files, "lab/tool:1.0", { url: "https://lab.org/" });
  expect(curl).toMatch(/^curl -gfL |%5B1-999999%5D/);
});
