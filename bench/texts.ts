import { createHash } from "node:crypto";
import type { Random } from "./random.ts";

const SUBJECTS = [
  "The aligner",
  "This image",
  "The whole tool chain",
  "Every script",
  "The reference index",
] as const;
const VERBS = [
  "reads",
  "writes",
  "is tested with",
  "was built for",
  "can be replaced by",
  "expects",
] as const;
const OBJECTS = [
  "compressed FASTQ files of `any` length",
  "a cluster without network on its nodes",
  "the *same* version of the library as upstream",
  "tables with one row a sample & one column a gene",
  "a folder that is bound to `/data`",
  "Python 3.11, R 4.3 and **nothing** else",
] as const;
export const TOPICS = [
  "genomics",
  "hpc",
  "imaging",
  "machine-learning",
  "chemistry",
  "climate",
  "statistics",
] as const;
const LICENSES = ["MIT", "Apache-2.0", "GPL-3.0-or-later", "BSD-3-Clause"] as const;
const BASES = ["ubuntu:22.04", "debian:12-slim", "rockylinux:9", "python:3.11-slim", "alpine:3.20"] as const;
const PACKAGES = [
  "build-essential",
  "ca-certificates",
  "curl",
  "libbz2-dev",
  "libcurl4-openssl-dev",
  "liblzma-dev",
  "zlib1g-dev",
] as const;

function sentence(random: Random): string {
  return `${random.pick(SUBJECTS)} ${random.pick(VERBS)} ${random.pick(OBJECTS)}.`;
}

function sentences(random: Random, count: number): string {
  return Array.from({ length: count }, () => sentence(random)).join(" ");
}

/** A collection's README.md: front matter, and one to two kB of Markdown as people write it. */
export function collectionReadme(random: Random, name: string): string {
  const topics = [random.pick(TOPICS), `${random.pick(TOPICS)}-tools`];
  const lines = [
    "---",
    `description: "${name} in a container: ${sentence(random).toLowerCase()}"`,
    `topics: [${topics.join(", ")}]`,
    `owners: [person-${random.between(1, 40)}]`,
    `license: ${random.pick(LICENSES)}`,
    ...(random.chance(3) ? ["deprecated: Please use a newer collection."] : []),
    "---",
    "",
    `# ${name}`,
    "",
    sentences(random, random.between(4, 8)),
    "",
    "## How to run it",
    "",
    "```sh",
    `apptainer run --bind /data ${name}.sif --threads ${random.between(2, 64)} input.fastq.gz > output.bam`,
    "```",
    "",
    ...Array.from({ length: random.between(3, 6) }, () => `- ${sentence(random)}`),
    "",
    ...(random.chance(40) ? parameterTable(random) : []),
    "## More",
    "",
    `See [the manual](https://docs.example.org/${name}) and <https://example.org/cite>. ${sentences(random, 3)}`,
    "",
  ];
  return lines.join("\n");
}

function parameterTable(random: Random): string[] {
  const rows = ["threads", "memory", "quality"].map(
    (key) => `| \`--${key}\` | ${random.between(1, 99)} | ${sentence(random)} |`,
  );
  return ["## Parameters", "", "| Option | Default | Meaning |", "|---|---:|---|", ...rows, ""];
}

/** A definition file of 500 to 1500 bytes. */
export function definitionFile(random: Random, collection: string, tag: string): string {
  const steps = Array.from(
    { length: random.between(1, 11) },
    (_, step) => `    curl -fsSL https://downloads.example.org/${tag}/part-${step}.tar.gz | tar -xz -C /opt`,
  );
  return `Bootstrap: docker
From: ${random.pick(BASES)}

%labels
    org.opencontainers.image.title ${collection}
    org.opencontainers.image.version ${tag}

%environment
    export PATH="/opt/${tag}/bin:$PATH"
    export LC_ALL=C.UTF-8

%post
    # What the programme needs, and nothing that it does not.
    apt-get update && apt-get install -y --no-install-recommends ${random.pick(PACKAGES)} ${random.pick(PACKAGES)}
${steps.join("\n")}
    rm -rf /var/lib/apt/lists/*

%runscript
    exec /opt/${tag}/bin/run "$@"

%test
    test "$(/opt/${tag}/bin/run --version)" != "" && echo "<ok>"
`;
}

/** The record of an image that was built from `definition`, as Stowage writes it. */
export function record(random: Random, collection: string, tag: string, definition: string): string {
  const image = sha256(`${collection}:${tag}`);
  const size = random.between(2 ** 20, 2 ** 31);
  return `---
schema: 2
created: "2026-${twoDigits(random.between(1, 12))}-${twoDigits(random.between(1, 28))}T${twoDigits(random.between(0, 23))}:15:30Z"
architecture: ${random.chance(90) ? "amd64" : "arm64"}
size: ${size}
digest: sha256:${image}
layers:
  - size: ${size}
    digest: sha256:${image}
    url: https://storage.example.org/sha256/${image}.sif
recipe: sha256:${sha256(definition)}
md5: ${image.slice(0, 32)}
builder:
  name: apptainer
  version: "1.3.${random.between(0, 6)}"
source:
  repository: https://git.example.org/registry
  revision: ${image.slice(0, 40)}
labels:
  org.label-schema.build-arch: amd64
  org.opencontainers.image.title: ${collection}
  org.opencontainers.image.version: "${tag}"
---
`;
}

/** A record as the registries of 2019 wrote it. */
export function record2019(random: Random, collection: string, tag: string): string {
  const image = sha256(`${collection}:${tag}`);
  const size = random.between(2 ** 10, 2 ** 21);
  return `---
layout: manifests/singularity
size: ${size}
digest: sha256:${image}
layers:
- size: ${size}
  digest: "sha256:${image}"
  url: "https://storage.example.org/${collection}/${image}.sif"
---

`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
