import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { scanRegistry } from "../src/index.ts";
import { PROJECT } from "./support/cli.ts";
import { whyNoApptainer } from "./support/clients.ts";
import { temporaryFolder } from "./support/registry.ts";

const reason = whyNoApptainer();
const images = scanRegistry({ root: PROJECT }).collections.flatMap(({ name, tags }) =>
  tags.flatMap(({ name: tag, record, definition }) =>
    record
      ? [
          {
            reference: `${name}:${tag}`,
            image: record.layers[0]?.url ?? "",
            definition,
            labels: record.labels,
          },
        ]
      : [],
  ),
);

async function apptainer(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("apptainer", args, { cwd: temporaryFolder() });
  return stdout;
}

/** The clients may run in a root of their own: what they read is named to them. */
const pathOf = (image: string) => {
  process.env["CLIENTS_BIND"] = PROJECT;
  return join(PROJECT, image);
};

describe.skipIf(reason !== undefined)(
  `the example's images${reason === undefined ? "" : ` (${reason})`}`,
  () => {
    test.each(images)("$reference runs, and passes the test in its recipe", async ({ image }) => {
      expect((await apptainer("run", pathOf(image))).trim()).not.toBe("");
      expect(await apptainer("test", pathOf(image))).toMatch(/all tests passed/);
    });

    test.each(images)("$reference holds the definition file and the labels of its record", async (entry) => {
      const { image, definition, labels } = entry;
      expect((await apptainer("inspect", "--deffile", pathOf(image))).trim()).toBe(definition?.text.trim());
      const inspected: unknown = JSON.parse(await apptainer("inspect", "--json", "--labels", pathOf(image)));
      expect(inspected).toMatchObject({ data: { attributes: { labels } } });
    });
  },
);
