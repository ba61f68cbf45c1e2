import { expect } from "vitest";

/*
 * Whether time grows with the size of what is read, on a machine that does other things meanwhile: the processor's time of
 * this process is taken, not the clock's, the least of several runs, and both sizes in one test.
 */

/** Characters of the smaller text; the larger is eight times as long. */
const SMALL = 8 * 1024;
const LARGE = 8 * SMALL;
/** What is linear takes eight times as long; three times that is noise, and what is quadratic takes 64 times as long. */
const MOST = 8 * 3;
/** Milliseconds: what is as fast as this on the larger text has nothing quadratic in it. */
const FLOOR = 25;
const RUNS = 3;

type Read = (text: string) => unknown;

/** Fails where `read` takes longer than its text is long; `textOf` gives a text of about that many characters. */
export async function expectLinear(read: Read, textOf: (size: number) => string): Promise<void> {
  const large = textOf(LARGE);
  const first = await leastTime(read, large, 1);
  if (first <= FLOOR) return;
  const small = await leastTime(read, textOf(SMALL), RUNS);
  const limit = Math.max(FLOOR, small * MOST);
  if (first <= limit) return;
  const least = await leastTime(read, large, RUNS);
  expect(least, `${JSON.stringify(large.slice(0, 40))}…, eight times what took ${small} ms`).toBeLessThan(
    limit,
  );
}

async function leastTime(read: Read, text: string, runs: number): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = process.cpuUsage();
    await read(text);
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** Words of the languages that are read here, and of those that their readers might take them for. */
export const TOKENS = [
  ...Array.from("\n\r\t \0\uFEFF\u2028é\u0327-_.:;,/\\|&!?@#$%^*+~=<>()[]{}'\"`aZ0"),
  "\uD800",
  "\uDC00",
  "\r\n",
  "\\\n",
  "---\n",
  "--- ",
  "...\n",
  "- ",
  "? ",
  ": ",
  "a: ",
  "a: b\n",
  "a:\n",
  " a\n",
  "- a\n",
  "<<: *a\n",
  "&a ",
  "*a ",
  "!a ",
  "# a\n",
  '"\\u0000"',
  "''",
  "[a, ",
  "{a: ",
  "{{",
  "}}",
  "{{ a }}",
  "%post\n",
  "%files from a\n",
  "%20",
  "../",
  "://",
  "a@",
  "a=",
  'a="',
  '{"a":',
  '{"a":1},',
  "1e9",
  "\u0301\u0327",
  "AAAA\n",
  "-----BEGIN PGP ",
] as const;

/** About as many characters of a text that is repeated. */
export function fill(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

/** Reads texts of each token again and again behind each beginning, ended by what no reader waits for. */
export async function expectLinearOnTokens(
  read: Read,
  { beginnings = [""] }: { readonly beginnings?: readonly string[] } = {},
): Promise<void> {
  for (const beginning of beginnings) {
    for (const token of TOKENS) await expectLinear(read, (size) => `${beginning}${fill(token, size)}\n!`);
  }
}
