import type { Finding } from "../../src/index.ts";

export const NOTE: Finding = { code: "no-latest", file: "registry/a", args: { collection: "lab/a" } };
export const WARNING: Finding = {
  code: "case-clash",
  file: "registry/b",
  args: { name: "Tool", other: "tool" },
};
export const ERROR: Finding = {
  code: "bad-record",
  file: "registry/c/README.md",
  line: 3,
  args: { key: "size", expected: "a value of type integer" },
};

/** Names as nobody should give them to a folder. */
export const HOSTILE_NAMES = [
  "a,b%0A::error::x",
  "x\n::error::y\r",
  "a|b",
  "a\\|b",
  "`a` | `b`",
  "``` `",
  "@octocat",
  "see @octocat/team, please",
  "#1",
  "lab/tool#12",
  "GH-12",
  "https://github.com/lab/tool/issues/1",
  "www.example.org",
  "ada@example.org",
  "<img src=x onerror=alert(1)>",
  "<!-- a",
  "</td></tr></table>",
  "[click](https://example.org)",
  "![x](https://example.org/x.png)",
  "**bold** _it_ ~~no~~",
  ":tada: $x$",
  "0123456789abcdef0123456789abcdef01234567",
  "deadbee",
  "20261121",
  "&lt;b&gt; &#64;octocat",
  " leads and trails ",
  "\u001b[31mred",
  "\u202Etxt.exe",
  "日本語",
  "",
];

/** A finding about such a name, in its place and in its sentence. */
export function hostile(name: string): Finding {
  return { code: "bad-name", file: `registry/lab/${name}`, args: { name, expected: `none of ${name}, say` } };
}
