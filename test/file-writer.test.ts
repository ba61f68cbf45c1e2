import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileWriter } from "../src/site/file-writer.ts";
import { listFiles, temporaryFolder } from "./support/registry.ts";

const COUNT = 3000;
const pathOf = (index: number) => `folder-${index % 70}/${index}.txt`;
const bodyOf = (index: number) => `${index} é\n`.repeat(300);

function writerIn(): { writer: FileWriter; folder: string } {
  const folder = join(temporaryFolder(), "site");
  mkdirSync(folder);
  return { writer: new FileWriter(folder), folder };
}

test("many files are all there when the writer has finished, each whole", async () => {
  const { writer, folder } = writerIn();
  for (let index = 0; index < COUNT; index++) {
    writer.write(pathOf(index), index % 2 === 0 ? bodyOf(index) : Buffer.from(bodyOf(index)));
  }
  await writer.finish();
  expect(listFiles(folder)).toHaveLength(COUNT);
  for (let index = 0; index < COUNT; index++) {
    expect(readFileSync(join(folder, pathOf(index)), "utf8")).toBe(bodyOf(index));
  }
});

test("a path that is written twice is an error, early or late", async () => {
  const early = writerIn().writer;
  early.write("a/b", "1");
  expect(() => early.write("a/b", "2")).toThrow(/EEXIST/);
  const { writer: late } = writerIn();
  const writeAll = async () => {
    for (let index = 0; index < COUNT; index++) late.write(pathOf(index), bodyOf(index));
    late.write(pathOf(COUNT - 1), "again");
    await late.finish();
  };
  await expect(writeAll()).rejects.toThrow(/EEXIST/);
  // Whoever gives up stops the writer, as Staging does: its thread may still be writing.
  await late.stop();
});

test("a writer that is stopped leaves nothing running", async () => {
  const { writer, folder } = writerIn();
  for (let index = 0; index < COUNT; index++) writer.write(pathOf(index), bodyOf(index));
  await writer.stop();
  const written = listFiles(folder).length;
  await writer.stop();
  expect(listFiles(folder)).toHaveLength(written);
});
