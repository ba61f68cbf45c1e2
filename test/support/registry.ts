import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stowage-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Files by path, with slashes. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Writes files below a folder. */
export function writeFiles(root: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A registry with these files in a temporary folder, which is returned. */
export function registryOf(files: Files): string {
  const root = temporaryFolder();
  writeFiles(root, files);
  return root;
}

/** Every file below a folder, by path with slashes, sorted; links are not followed. */
export function listFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

export function readJson(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), "utf8"));
}

export const DEFINITION = "Bootstrap: docker\nFrom: busybox:1.36\n\n%post\n    true\n";
export const HEX = "3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f";

/** A record as the registries of 2019 wrote it. */
export const RECORD_2019 = `---
layout: manifests/singularity
size: 55056
digest: sha256:${HEX}
layers:
- size: 55056
  digest: "sha256:${HEX}"
  url: "https://storage.example.org/fortune/${HEX}.sif"
---

`;

/** A record of schema 2; `more` are further lines of front matter. */
export function record2(more = "", url = `https://storage.example.org/${HEX}.sif`): string {
  return `---
schema: 2
created: "2026-11-20T12:00:00Z"
architecture: amd64
size: 1048576
digest: sha256:${HEX}
layers:
  - size: 1048576
    digest: sha256:${HEX}
    url: ${url}
${more}---
`;
}
