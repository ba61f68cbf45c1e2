import { Command, InvalidArgumentError, Option } from "commander";
import { definitionJson } from "../definition/definition-json.ts";
import { parseDefinition } from "../definition/parse-definition.ts";
import { StowageError } from "../errors.ts";
import { formatBytes, plural } from "../format.ts";
import type { Transfer } from "../sif/range-source.ts";
import { type Sif, readSif } from "../sif/sif.ts";
import { baseLines, definitionText } from "./inspect-definition.ts";
import { sifText } from "./inspect-sif.ts";
import { type Subject, findSubject } from "./inspect-subject.ts";
import { type CommonOptions, jsonOption, rootOption, scanOptions, treeOption } from "./options.ts";
import { printResult, styled } from "./output.ts";
import { type Look, aside, section, wrap } from "./text-layout.ts";

interface InspectOptions extends CommonOptions {
  readonly json?: boolean;
  /** KiB. */
  readonly limit?: number;
}

export function inspectCommand(): Command {
  return new Command("inspect")
    .description("show what is in an image or a definition file")
    .argument("<what>", "a file, an https:// or oras:// address, or namespace/name:tag of the registry")
    .addOption(rootOption())
    .addOption(treeOption())
    .addOption(
      new Option(
        "--limit <KiB>",
        "the most to transfer of an image that lies elsewhere (default: 60)",
      ).argParser(parseLimit),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage inspect image.sif\n  $ stowage inspect https://example.org/image.sif --json | jq .labels\n  $ stowage inspect vanessa/greeting:1.0\n  $ stowage inspect path/to/Singularity --json | jq '.stages[].header'",
    )
    .action(runInspect);
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0 && limit <= 1024 * 1024) return limit;
  throw new InvalidArgumentError("expected a number of KiB, such as 256");
}

async function runInspect(word: string, options: InspectOptions): Promise<void> {
  const { limit } = options;
  const subject = await findSubject(word, {
    ...scanOptions(options),
    ...(limit !== undefined && { limit: limit * 1024 }),
  });
  if (subject.kind === "definition") showDefinition(subject, options);
  else await showSif(subject, options);
}

function showDefinition({ path, text }: Subject & { kind: "definition" }, { json }: InspectOptions): void {
  const result = parseDefinition(text);
  if ("problem" in result) {
    const { line, reason } = result.problem;
    throw new StowageError("tree", reason, { place: { file: path, line } });
  }
  const { definition } = result;
  printResult(
    json ? JSON.stringify(definitionJson(definition), null, 2) : definitionText(definition, path, terminal()),
  );
}

async function showSif(
  subject: Subject & { kind: "file" | "remote" },
  { json }: InspectOptions,
): Promise<void> {
  const { source } = subject;
  try {
    const sif = await readSif(source);
    const transfer = subject.kind === "remote" ? subject.source.transfer : undefined;
    printResult(json ? jsonOf(sif, transfer) : textOf(sif, { path: source.path, transfer }));
    refuseProblems(sif, source.path);
  } finally {
    if (subject.kind === "file") await subject.source.close();
  }
}

function jsonOf(sif: Sif, transfer: Transfer | undefined): string {
  return JSON.stringify({ kind: "sif", ...sif, ...(transfer && { transfer }) }, null, 2);
}

function textOf(
  sif: Sif,
  { path, transfer }: { readonly path: string; readonly transfer: Transfer | undefined },
): string {
  const look = terminal();
  return [
    sifText(sif, path, look),
    ...recipeLines(sif, look),
    ...(transfer ? ["", ...transferLines(transfer, look)] : []),
  ].join("\n");
}

function recipeLines({ definition }: Sif, look: Look): string[] {
  if (definition === undefined) return section("Definition file", ["  none"], look);
  const result = parseDefinition(definition);
  const lines =
    "problem" in result
      ? wrap(`line ${result.problem.line}: ${result.problem.reason}`, look.width, 2)
      : baseLines(result.definition, look);
  const count = plural(definition.trimEnd().split("\n").length, "line");
  return section("Definition file", [...aside(`${count}: see --json`, look), ...lines], look);
}

function transferLines({ bytes, requests, takesRanges }: Transfer, look: Look): string[] {
  const text = `${formatBytes(bytes)} were transferred in ${plural(requests, "request")}`;
  const whole = "; the server sends only whole files, so what lies further behind was not read";
  return aside(takesRanges ? text : text + whole, look);
}

/** A damaged image is shown as far as it can be read, and is a failure nevertheless. */
function refuseProblems({ problems }: Sif, path: string): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  throw new StowageError("image", `${path}: ${first}${more}`);
}

const NARROWEST = 40;
const WIDEST = 160;

function terminal(): Look {
  const { stdout, env } = process;
  const width = stdout.columns || Number(env["COLUMNS"]) || 80;
  return {
    width: Math.min(Math.max(width, NARROWEST), WIDEST),
    paint: (style, text) => styled(style, text, stdout),
  };
}
