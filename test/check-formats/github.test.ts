import { describe, expect, test } from "vitest";
import { formatGithub } from "../../src/check/formats/github.ts";
import { ERROR, HOSTILE_NAMES, NOTE, WARNING, hostile } from "./findings.ts";

describe("findings as annotations", () => {
  test("have the worst first, for GitHub shows ten of a kind", () => {
    const lines = formatGithub([NOTE, WARNING, ERROR], { prefix: "" }).split("\n");
    expect(lines).toEqual([
      "::error file=registry/c/README.md,line=3,title=bad-record::the record cannot be served: size: expected a value of type integer; delete the README.md to have the tag built again",
      expect.stringMatching(/^::warning file=registry\/b,title=case-clash::"Tool" and /),
      expect.stringMatching(/^::notice file=registry\/a,title=no-latest::lab\/a has no tag latest/),
    ]);
  });

  test("name files as the repository does", () => {
    const about = (file: string) => formatGithub([{ ...WARNING, file }], { prefix: "lab/reg,1/" });
    expect(about("registry/b")).toMatch(/^::warning file=lab\/reg%2C1\/registry\/b,title/);
    expect(about("../other/b")).toMatch(/^::warning file=lab\/other\/b,title/);
    expect(about("/srv/tree/b")).toMatch(/^::warning file=\/srv\/tree\/b,title/);
  });

  test("are one command each, whatever a name is", () => {
    for (const name of HOSTILE_NAMES)
      expect(formatGithub([hostile(name)], { prefix: "" })).toMatch(
        /^::error file=[^:,\r\n]*,title=bad-name::[^\r\n]*$/,
      );
  });

  test("have no escape that a name brought", () => {
    expect(formatGithub([hostile("a%0Ab")], { prefix: "" })).toMatch(/lab\/a%250Ab,.*"a%250Ab"/);
  });

  test("are nothing where nothing is wrong", () => {
    expect(formatGithub([], { prefix: "" })).toBe("");
  });
});
