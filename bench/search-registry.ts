import type { Collection, Tag } from "../src/registry/model.ts";
import type { CollectionName, TagName } from "../src/registry/reference.ts";
import { type Random, seededRandom } from "./random.ts";
import { TOPICS } from "./texts.ts";

const SYLLABLES = [
  ..."ba be bi bo ca ce co da de di do fa fi fo ga ge gi ha he hi ka ke ki la le li lo ma me mi mo".split(
    " ",
  ),
  ..."na ne ni no pa pe pi po qua ra re ri ro sa se si so ta te ti to va ve vi xe ya za zo".split(" "),
] as [string, ...string[]];
const ENDS = [
  "seq",
  "tools",
  "map",
  "fold",
  "align",
  "lab",
  "py",
  "db",
  "net",
  "x",
  "er",
  "kit",
  "stat",
] as const;
const KINDS = ["r-", "py-", "bio", "perl-", "lib", "open", "meta"] as const;
const PLAIN = (
  "a analysis and annotation assembly based by calling caller data detection fast file files for format framework from " +
  "gene genome genomic image imaging in library long model of on package pipeline platform protein python quality read " +
  "reads reference sequence sequencing server short simulation single-cell statistical structure suite the to tool " +
  "toolkit using variant viewer visualization with workflow"
).split(" ") as [string, ...string[]];
const BASES = [
  ..."ubuntu:16.04 ubuntu:18.04 ubuntu:20.04 ubuntu:22.04 debian:12-slim rockylinux:9 alpine:3.20".split(" "),
  ..."python:3.11-slim r-base:4.3.1 nvidia/cuda:12.2.0-runtime-ubuntu22.04 continuumio/miniconda3".split(" "),
] as [string, ...string[]];
const TAGS_A_COLLECTION = 5;

/**
 * Collections as registries of research software have them, in memory and the same in every run: names that hardly
 * repeat, descriptions of a few frequent and many rare words, some tags, labels and bases.
 */
export function searchableCollections(count: number): Collection[] {
  const names = new Set<string>();
  for (let index = 0; names.size < count; index++) names.add(nameOf(seededRandom(index), count));
  return [...names].sort().map((name, index) => collectionOf(name, seededRandom(index + 1_000_000)));
}

function nameOf(random: Random, count: number): string {
  const namespace = word(seededRandom(random.between(0, Math.ceil(count / 20))));
  return `${namespace}/${toolName(random)}`;
}

function toolName(random: Random): string {
  const start = random.chance(15) ? random.pick(KINDS) : "";
  const end = random.chance(50) ? random.pick(ENDS) : "";
  return `${start}${word(random)}${random.chance(20) ? "-" : ""}${end}${random.chance(10) ? random.between(2, 9) : ""}`;
}

/** Two to four syllables. */
function word(random: Random): string {
  return Array.from({ length: random.between(2, 4) }, () => random.pick(SYLLABLES)).join("");
}

/** Every third word is a rare one: of some thousands, the first of them more often than the last. */
function text(random: Random, length: number): string {
  const next = () =>
    random.chance(67)
      ? random.pick(PLAIN)
      : word(seededRandom(2_000_000 + random.between(0, random.between(1, 8000))));
  return Array.from({ length }, next).join(" ");
}

function collectionOf(name: string, random: Random): Collection {
  const short = name.slice(name.indexOf("/") + 1);
  const first = random.between(0, 20);
  return {
    name: name as CollectionName,
    folder: `registry/${name}`,
    description: `${short} is a ${text(random, random.between(6, 16))}.`,
    isPrivate: false,
    owners: [],
    topics: [random.pick(TOPICS), word(seededRandom(3_000_000 + random.between(0, 200)))],
    readme: "",
    updated: `2026-0${random.between(1, 9)}-11T10:00:00Z`,
    tags: Array.from({ length: TAGS_A_COLLECTION }, (_, index) =>
      tagOf(name, `1.${first + index}.0`, random),
    ),
  };
}

function tagOf(name: string, tag: string, random: Random): Tag {
  const definition = `Bootstrap: docker
From: ${random.pick(BASES)}

%labels
    org.opencontainers.image.title ${name}
    org.opencontainers.image.version ${tag}
    maintainer ${word(seededRandom(4_000_000 + random.between(0, 300)))}@example.org

%post
    apt-get update && apt-get install -y ${text(random, 6)}
    curl -fsSL https://downloads.example.org/${name}-${tag}.tar.gz | tar -xz -C /opt
`;
  return {
    name: tag as TagName,
    folder: `registry/${name}/manifests/${tag}`,
    definition: { fileName: "Singularity", text: definition },
    isFrozen: false,
    isLink: false,
    hasBuildScript: false,
    hasLog: false,
    status: random.chance(90) ? "built" : "to build",
  };
}
