import { createHash } from "node:crypto";
import { posix } from "node:path";
import { FINDING_CODES, type Finding } from "../../finding.ts";
import { describeFinding, severityOf, wordsOf } from "../catalogue.ts";
import { repositoryPath } from "./repository-path.ts";

export interface SarifOptions {
  /** Stowage's own. */
  readonly version: string;
  /** The folder of registry.yml in its repository: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** SARIF 2.1.0, for services that gather what tools find, such as GitHub's code scanning. */
export function formatSarif(findings: readonly Finding[], options: SarifOptions): string {
  const driver = {
    name: "Stowage",
    version: options.version,
    rules: FINDING_CODES.map(ruleOf),
  };
  const run = {
    tool: { driver },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
    results: resultsOf(findings, options.prefix),
  };
  const log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return JSON.stringify(log, null, 2);
}

const ROOT = "%SRCROOT%";

function ruleOf(code: Finding["code"]): object {
  const { severity, remedy } = wordsOf(code);
  const [summary = remedy] = /^.*?\.(?=\s|$)/s.exec(remedy) ?? [];
  return {
    id: code,
    shortDescription: { text: summary },
    // GitHub wants it, and takes 1,000 characters.
    fullDescription: { text: remedy },
    help: { text: remedy, markdown: remedy },
    defaultConfiguration: { level: severity },
  };
}

function resultsOf(findings: readonly Finding[], prefix: string): object[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const mark = fingerprint(finding);
    const count = (seen.get(mark) ?? 0) + 1;
    seen.set(mark, count);
    return {
      ruleId: finding.code,
      ruleIndex: FINDING_CODES.indexOf(finding.code),
      level: severityOf(finding),
      message: { text: messageText(describeFinding(finding)) },
      locations: [{ physicalLocation: placeOf(finding, prefix) }],
      // The one that GitHub reads.
      partialFingerprints: { primaryLocationLineHash: `${mark}:${count}` },
    };
  });
}

/** The same for a finding that only moved to another line. */
function fingerprint({ code, file, args }: Finding): string {
  return createHash("sha256")
    .update(JSON.stringify([code, file, args]))
    .digest("hex")
    .slice(0, 16);
}

function placeOf({ file, line }: Finding, prefix: string): object {
  const path = repositoryPath(file, prefix);
  const uri = path.split("/").map(encodeSegment).join("/");
  return {
    artifactLocation: posix.isAbsolute(path) ? { uri: `file://${uri}` } : { uri, uriBaseId: ROOT },
    ...(line !== undefined && { region: { startLine: line } }),
  };
}

/** Half of a surrogate pair cannot be encoded. */
function encodeSegment(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
}

/** `[text](target)` and `{0}` mean something in a message (SARIF 2.1.0, 3.11.5 and 3.11.6); a stranger's do not. */
function messageText(text: string): string {
  return text.replaceAll("](", "\\](").replaceAll(/\{(\d+)\}/g, "{{$1}}");
}
