import { existsSync } from "node:fs";
import chromium from "@sparticuz/chromium";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The program that browser tests start. */
    chromiumPath: string;
  }
}

/** Finds Chromium once, before any test: CHROMIUM_PATH, or the one inside the npm package (two extractions race). */
export default async function setup(project: TestProject): Promise<void> {
  const given = process.env["CHROMIUM_PATH"];
  if (given !== undefined && !existsSync(given))
    throw new Error(`CHROMIUM_PATH names ${given}, which is not there`);
  project.provide("chromiumPath", given ?? (await chromium.executablePath()));
}
