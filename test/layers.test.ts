import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT } from "./support/cli.ts";

const SOURCE = join(PROJECT, "src");

/** From top to bottom; a file imports from its own layer or from one below. Files at the top of src are the base. */
const LAYERS = [
  "client",
  "cli.ts",
  "commands",
  "index.ts",
  "site",
  "endpoints",
  "search",
  "cards",
  "publish",
  "health",
  "build",
  "storage",
  "oci",
  "check",
  "protocols",
  "history",
  "registry",
  "sif",
  "git",
  "definition",
  "base",
];

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
  .sort();

const layerOf = (file: string) => {
  const [first = ""] = file.split("/");
  return LAYERS.includes(first) ? first : "base";
};

const importsOf = (file: string) =>
  [...readFileSync(join(SOURCE, file), "utf8").matchAll(/^(?:import|export)[^;]*? from "(\.[^"]+)";/gms)].map(
    ([, path]) => join(dirname(file), path ?? ""),
  );

test("imports point down the layers", () => {
  for (const file of files) {
    for (const imported of importsOf(file)) {
      expect(files).toContain(imported);
      const isDown = LAYERS.indexOf(layerOf(imported)) >= LAYERS.indexOf(layerOf(file));
      expect({ file, imported, isDown }).toEqual({ file, imported, isDown: true });
    }
  }
});

test("files of one protocol never import each other", () => {
  const shared = [
    "endpoints/endpoint.ts",
    "endpoints/paths.ts",
    "endpoints/operation.ts",
    "endpoints/operations.ts",
    "endpoints/client-operations.ts",
  ];
  for (const file of files.filter((name) => layerOf(name) === "endpoints" && name !== "endpoints/index.ts")) {
    const others = importsOf(file).filter((path) => layerOf(path) === "endpoints" && !shared.includes(path));
    expect({ file, others }).toEqual({ file, others: [] });
  }
});

test.each(["storage", "build"])("kinds of %s never import each other", (layer) => {
  // As registry.yml calls them; who opens them by these names knows them all.
  const kinds =
    layer === "storage"
      ? ["directory", "s3", "gcs", "github-release", "oras", "circleci-artifacts"]
      : ["apptainer", "script", "google-cloud-build"];
  for (const kind of kinds) {
    const file = `${layer}/${kind}.ts`;
    expect(files).toContain(file);
    const others = importsOf(file).filter((path) =>
      kinds.some((other) => other !== kind && path === `${layer}/${other}.ts`),
    );
    expect({ file, others }).toEqual({ file, others: [] });
  }
});

test("no file imports itself, directly or through others", () => {
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    expect(trail).not.toContain(file);
    if (done.has(file)) return;
    for (const imported of importsOf(file)) visit(imported, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

test("only the command line reads arguments and the clock, and exits", () => {
  for (const file of files.filter((name) => name !== "cli.ts")) {
    // A script for a child process reads the child's arguments.
    const text = readFileSync(join(SOURCE, file), "utf8").replace(/SCRIPT = `[^`]*`/, "");
    expect({ file, found: /process\.(?:argv|exit\b|exitCode)/.exec(text) }).toEqual({ file, found: null });
    expect({ file, found: /Date\.now|new Date\(\)/.exec(text) }).toEqual({ file, found: null });
  }
});
