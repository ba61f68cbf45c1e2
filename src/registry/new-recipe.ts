import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { StowageError, messageOf } from "../errors.ts";
import { readConfig } from "./config.ts";
import { type Reference, shortNameOf } from "./reference.ts";
import { type ScanOptions, treeFolder } from "./scan.ts";

/**
 * The files of a new recipe: a definition file, without a record so that it will be built, and the collection's
 * README.md, which is only written where there is none.
 */
function recipeFiles({ collection, tag }: Reference): ReadonlyMap<string, string> {
  return new Map([
    [`${collection}/manifests/${tag}/Singularity`, definitionTemplate(shortNameOf(collection), tag)],
    [`${collection}/README.md`, readmeTemplate(collection)],
  ]);
}

/**
 * Writes the files of a new recipe into a registry and returns their paths. Throws where the tag is there already;
 * an existing README.md of the collection stays as it is.
 */
export function writeNewRecipe(options: ScanOptions, reference: Reference): string[] {
  const { collection, tag } = reference;
  const tree = treeFolder(options, readConfig(options.root));
  const folder = join(tree, collection, "manifests", tag);
  if (existsSync(folder)) {
    throw new StowageError(
      "output",
      `${folder}: is there already; choose another tag, or edit what is in it`,
    );
  }
  const written: string[] = [];
  for (const [path, text] of recipeFiles(reference)) {
    const file = join(tree, path);
    if (existsSync(file)) continue;
    writeNew(file, text);
    written.push(file);
  }
  return written;
}

function writeNew(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new StowageError("output", `${file}: cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function definitionTemplate(name: string, tag: string): string {
  return `Bootstrap: docker
From: debian:12-slim

%help
    What ${name} does, and how to run it.

%labels
    org.opencontainers.image.title ${name}
    org.opencontainers.image.version ${tag}

%post
    # Commands that install the software, run once while the image is built.
    apt-get update
    apt-get install --yes --no-install-recommends hello
    rm -rf /var/lib/apt/lists/*

%runscript
    exec hello "$@"

%test
    # Fails the build if the software does not run.
    hello --version
`;
}

function readmeTemplate(collection: string): string {
  return `---
description: One sentence on what ${collection} holds.
---

What is in the images, who they are for, and an example of how to run one.
`;
}
