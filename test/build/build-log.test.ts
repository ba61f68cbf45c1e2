import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { BuildError } from "../../src/build/build-error.ts";
import { BuildLog, type BuildLogOptions } from "../../src/build/build-log.ts";
import { StowageError } from "../../src/errors.ts";
import { parseReference } from "../../src/registry/reference.ts";
import { temporaryFolder } from "../support/registry.ts";

/** What is read of a log after these pieces were written. */
async function logOf(pieces: readonly (string | Buffer)[], options?: BuildLogOptions) {
  const path = join(temporaryFolder(), "log.gz");
  const log = BuildLog.open(path, options);
  for (const piece of pieces) log.write(piece);
  await log.close();
  const bytes = readFileSync(path);
  return { log, bytes, text: gunzipSync(bytes).toString() };
}

test("keeps all that was said", async () => {
  const { text } = await logOf(["one\n", Buffer.from("two\nthr"), "ee"]);
  expect(text).toBe("one\ntwo\nthree");
});

test("is the same file for the same text, on every system", async () => {
  const [one, other] = [await logOf(["one\n"]), await logOf(["one\n"])];
  expect(one.bytes.equals(other.bytes)).toBe(true);
  expect([...one.bytes.subarray(4, 10)]).toEqual([0, 0, 0, 0, 0, 255]);
});

test("is a gzip file also where nothing was said", async () => {
  expect((await logOf([])).text).toBe("");
});

test("keeps the beginning and the end of a log that is too long, and says how much is left out", async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${String(index).padStart(4, "0")}\n`);
  const { text } = await logOf(lines, { limit: 200 });
  expect(text).toMatch(
    /^line 0000\nline 0001\n[\s\S]*line 0009\n\n\[9810 bytes of this log were left out here\]\nline 0991\n[\s\S]*line 0999\n$/,
  );
  expect(Buffer.byteLength(text)).toBeLessThan(300);
});

test("keeps as much of one piece that is too long", async () => {
  const { text } = await logOf(["x".repeat(1_000_000)], { limit: 200 });
  expect(text).toMatch(/^\n\[999900 bytes of this log were left out here\]\nx{100}$/);
});

test("leaves nothing out of a log that just fits", async () => {
  const text = "0123456789\n".repeat(20);
  expect((await logOf([text.slice(0, 7), text.slice(7)], { limit: 240 })).text).toBe(text);
});

test("loses no byte of what fits, however it is cut into pieces", async () => {
  for (const size of [1, 3, 50, 99, 100, 101, 150]) {
    const text = "abcdefghi\n".repeat(15);
    const pieces = Array.from({ length: Math.ceil(150 / size) }, (_, index) =>
      text.slice(index * size, (index + 1) * size),
    );
    expect((await logOf(pieces, { limit: 200 })).text).toBe(text);
  }
});

test("remembers the last lines, also the one that has not ended", async () => {
  const { log } = await logOf(["one\r\ntw", "o\n", Buffer.from([0xc3]), Buffer.from([0xa4])]);
  expect(log.lastLines(2)).toEqual(["two", "ä"]);
  expect(log.lastLines(0)).toEqual([]);
});

test("remembers few lines, and of each only its beginning", async () => {
  const { log } = await logOf(["x".repeat(100_000), "\n", "line\n".repeat(500)]);
  expect(log.lastLines(1000)).toHaveLength(50);
  const other = await logOf([`${"x".repeat(100_000)}\n`]);
  expect(other.log.lastLines(1)[0]).toHaveLength(2000);
});

test("tells every line as soon as it is complete", async () => {
  const lines: string[] = [];
  await logOf(["on", "e\ntwo\nth"], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(["one", "two", "th"]);
});

test("takes nothing more when it is closed", async () => {
  const { log } = await logOf(["one\n"]);
  log.write("two\n");
  await log.close();
  expect(log.lastLines(5)).toEqual(["one"]);
});

test("says that it cannot be written", async () => {
  const path = join(temporaryFolder(), "missing/log.gz");
  expect(() => BuildLog.open(path)).toThrow(StowageError);
  expect(existsSync(path)).toBe(false);
  if (!existsSync("/dev/full")) return;
  const log = BuildLog.open("/dev/full");
  log.write("one\n");
  await expect(log.close()).rejects.toThrow("/dev/full: the log cannot be written");
});

test("an error of a build shows at most the last 20 lines", () => {
  const lastLines = Array.from({ length: 30 }, (_, index) => `line ${index}`);
  const error = new BuildError(parseReference("vanessa/greeting"), {
    command: "build.sh",
    status: 1,
    lastLines,
  });
  expect(error.message).toBe(
    `vanessa/greeting:latest: build.sh ended with status 1; the last lines of its log:\n  ${lastLines.slice(10).join("\n  ")}`,
  );
  expect(error).toMatchObject({ code: "build", exitStatus: 1 });
});
