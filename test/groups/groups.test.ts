import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { baseOfHeader } from "../../src/definition/base.ts";
import { nameBase } from "../../src/definition/base-name.ts";
import { parseDefinition } from "../../src/definition/parse-definition.ts";
import { readStageHeaders } from "../../src/definition/stage-headers.ts";
import { architecturePath, basePath, labelPath, topicPath } from "../../src/endpoints/paths.ts";
import type { Group } from "../../src/registry/groups.ts";
import { RECORD_2019, record2 } from "../support/registry.ts";
import { definitionOn, recordOf, siteOfFiles } from "./support.ts";

const namesOf = ({ members }: Group) =>
  members.map(({ collection, tag }) => (tag ? `${collection.name}:${tag.name}` : collection.name));
const contents = (groups: ReadonlyMap<string, Group>) =>
  Object.fromEntries([...groups].map(([name, group]) => [name, namesOf(group)]));

const FILES = {
  "registry/lab/a/README.md": "---\ntopics: [rna, hpc, rna]\n---\n",
  "registry/lab/a/manifests/1.0/Singularity": definitionOn("ubuntu:16.04", "docker", "    color red"),
  "registry/lab/a/manifests/2.0/Singularity": definitionOn("ubuntu:16.04", "library", "    color blue"),
  "registry/lab/a/manifests/2.0/README.md": recordOf("a", 100, undefined, "labels:\n  color: red\n"),
  "registry/lab/b/README.md": "---\ntopics: [rna]\n---\n",
  "registry/lab/b/manifests/1.0/README.md": record2(),
  "registry/lab/secret/README.md": "---\nvisibility: private\ntopics: [rna, hush]\n---\n",
  "registry/lab/secret/manifests/1.0/Singularity": definitionOn("hush:1", "docker", "    hush hush"),
};

describe("what collections and tags have in common", () => {
  test("is found in topics, records, definition files and labels, the record's before the file's", () => {
    const { topics, architectures, bases, labels } = siteOfFiles(FILES).groups;
    expect(contents(topics)).toEqual({ hpc: ["lab/a"], rna: ["lab/a", "lab/b"] });
    expect(contents(architectures)).toEqual({ amd64: ["lab/a:2.0", "lab/b:1.0"] });
    expect(contents(bases)).toEqual({ "ubuntu:16.04": ["lab/a:1.0", "lab/a:2.0"] });
    expect(contents(labels)).toEqual({ color: ["lab/a:1.0", "lab/a:2.0"] });
    expect(contents(labels.get("color")?.values ?? new Map())).toEqual({ red: ["lab/a:1.0", "lab/a:2.0"] });
  });

  test("never counts what is private", () => {
    expect(JSON.stringify([...siteOfFiles(FILES).groups.topics])).not.toMatch(/secret|hush/);
    expect(siteOfFiles(FILES).groups.labels.has("hush")).toBe(false);
    expect(siteOfFiles(FILES).groups.bases.has("hush:1")).toBe(false);
  });

  test("has a page where two share it, and none where one alone has it", () => {
    const site = siteOfFiles(FILES);
    expect(topicPath(site, "rna")).toBe("topics/rna/");
    expect(topicPath(site, "hpc")).toBeUndefined();
    expect(topicPath(site, "nothing")).toBeUndefined();
    expect(architecturePath(site, "amd64")).toBe("architectures/amd64/");
    expect(basePath(site, "ubuntu:16.04")).toBe("bases/ubuntu~16.04/");
    expect(labelPath(site, "color")).toBe("labels/color/");
    expect(labelPath(site, "__proto__")).toBeUndefined();
  });

  test("is found in what apptainer notes in an image, where there is no definition file", () => {
    const noted =
      "labels:\n  org.label-schema.usage.singularity.deffile.bootstrap: docker\n  org.label-schema.usage.singularity.deffile.from: debian:12\n";
    const { bases } = siteOfFiles({
      "registry/lab/a/manifests/1.0/README.md": recordOf("a", 1, undefined, noted),
    }).groups;
    expect(contents(bases)).toEqual({ "debian:12": ["lab/a:1.0"] });
  });

  test("holds whatever strangers call it", () => {
    const long = "y".repeat(10_000);
    const labels = `labels:\n  __proto__: constructor\n  "<b>\\n\\u202e": ${JSON.stringify(long)}\n  "": "🎉"\n`;
    const { groups } = siteOfFiles({
      "registry/lab/a/manifests/1.0/README.md": recordOf("a", 1, undefined, labels),
      "registry/lab/a/manifests/2.0/README.md": recordOf("b", 1, undefined, labels),
      "registry/lab/a/manifests/2019/README.md": RECORD_2019,
    });
    expect([...groups.labels.keys()]).toEqual(["", "<b>\n\u202e", "__proto__"]);
    expect([...(groups.labels.get("__proto__")?.values.keys() ?? [])]).toEqual(["constructor"]);
    expect(new Set([...groups.labels.values()].map(({ slug }) => slug)).size).toBe(3);
  });
});

describe("the name of a base", () => {
  test.each([
    [{ bootstrap: "docker", from: "ubuntu:16.04" }, "ubuntu:16.04"],
    [{ bootstrap: "Docker", from: "docker.io/library/ubuntu:16.04" }, "ubuntu:16.04"],
    [{ bootstrap: "library", from: "library://default/ubuntu:16.04" }, "ubuntu:16.04"],
    [{ bootstrap: "docker", from: "ubuntu" }, "ubuntu:latest"],
    [{ bootstrap: "docker", from: "ubuntu:16.04@sha256:abc" }, "ubuntu:16.04"],
    [{ bootstrap: "docker", from: "ubuntu@sha256:abc" }, "ubuntu@sha256:abc"],
    [{ bootstrap: "docker", from: "quay.io/lab/tool:1" }, "quay.io/lab/tool:1"],
    [{ bootstrap: "docker", from: "lab/tool:1" }, "lab/tool:1"],
    [{ bootstrap: "library", from: "lab/c/tool:1" }, "library://lab/c/tool:1"],
    [{ bootstrap: "shub", from: "lab/tool" }, "shub://lab/tool:latest"],
    [{ bootstrap: "oras", from: "oras://ghcr.io/lab/tool:1" }, "oras://ghcr.io/lab/tool:1"],
    [{ bootstrap: "debootstrap", osversion: "xenial" }, "debootstrap: xenial"],
    [{ bootstrap: "localimage", from: "/images/a.sif" }, "localimage: /images/a.sif"],
    [{ bootstrap: "docker", from: "ubuntu:{{ V }}" }, "docker: ubuntu:{{ V }}"],
  ])("that %j says is %s", (header, name) => {
    expect(nameBase(header)?.name).toBe(name);
  });

  test("has the day on which its updates end, where that is known", () => {
    expect(nameBase({ bootstrap: "docker", from: "ubuntu:16.04" })?.end).toEqual({
      release: "Ubuntu 16.04",
      date: "2021-04-30",
    });
    expect(nameBase({ bootstrap: "docker", from: "quay.io/lab/tool:1" })?.end).toBeUndefined();
  });

  test("is nothing where a header says none", () => {
    expect(nameBase({})).toBeUndefined();
  });
});

test("headers that are read alone are those of the whole file, where that can be parsed", () => {
  const line = fc.constantFrom(
    "Bootstrap: docker",
    "bootſtrap: library",
    "From: ubuntu:16.04",
    "  From: a \\",
    "%post",
    "  %post",
    "    true",
    "# a comment",
    "",
    "%labels",
    "Stage: build",
    "bootstrap:",
    "From: {{ V }}",
    "%arguments",
    "V=1\r",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = lines.join("\n");
      const parsed = parseDefinition(text);
      fc.pre("definition" in parsed);
      const whole = parsed.definition.stages.map(({ header }) => baseOfHeader(header)).at(-1);
      expect(baseOfHeader(readStageHeaders(text).at(-1) ?? {})).toBe(whole);
    }),
    { numRuns: 2000 },
  );
});
