import { describe, expect, test } from "vitest";
import { parseDefinition } from "../../src/definition/parse-definition.ts";
import { ACCEPTED, REFUSED } from "./files.ts";

describe("a definition file is taken with", () => {
  test.each(Object.entries(ACCEPTED))("%s", (_, text) => {
    expect(parseDefinition(text)).toHaveProperty("definition");
  });
});

describe("a definition file is refused, and at which line, with", () => {
  test.each(Object.entries(REFUSED))("%s", (_, [text, line]) => {
    expect(parseDefinition(text)).toEqual({
      problem: { line, reason: expect.stringMatching(/^\S.{10,250}[^.]$/) },
    });
  });
});
