import { Evaluator, Lexer, Parser, data } from "@actions/expressions";
import { messageOf } from "../../src/errors.ts";

/** `github`, `needs`, `secrets`, …: plain JSON. */
export type Contexts = Readonly<Record<string, unknown>>;

/** What an expression can ask besides its contexts. */
export interface ExpressionOptions {
  readonly contexts: Contexts;
  /** How the steps or jobs before ended. */
  readonly status: "success" | "failure" | "cancelled";
  /** The matches of `hashFiles`, below the working folder. */
  readonly filesMatching?: (pattern: string) => readonly string[];
}

/** Contexts that any workflow may name; one that a place does not have is empty there. */
const CONTEXTS = [
  "github",
  "env",
  "vars",
  "job",
  "jobs",
  "steps",
  "runner",
  "secrets",
  "strategy",
  "matrix",
  "needs",
  "inputs",
];

/** The value of what stands between `${{` and `}}`, by GitHub's own evaluator. */
function evaluate(expression: string, options: ExpressionOptions): unknown {
  try {
    const functions = functionsOf(options);
    const { tokens } = new Lexer(expression).lex();
    const tree = new Parser(tokens, CONTEXTS, [...functions.values()]).parse();
    const value = new Evaluator(tree, dictionaryOf(options.contexts), functions).evaluate();
    return JSON.parse(JSON.stringify(value, data.replacer)) as unknown;
  } catch (error) {
    throw new Error(`${expression}: ${messageOf(error)}`, { cause: error });
  }
}

/** A text with expressions in it; one that is nothing but an expression keeps its type. */
export function interpolate(text: string, options: ExpressionOptions): unknown {
  const whole = /^\s*\$\{\{((?:(?!\}\}).)*)\}\}\s*$/s.exec(text);
  if (whole) return evaluate(whole[1] ?? "", options);
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    textOf(evaluate(expression, options)),
  );
}

/** As {@link interpolate}, for values of `env` and `with`. */
export function interpolateAll(
  values: Readonly<Record<string, unknown>> = {},
  options: ExpressionOptions,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, textOf(interpolate(textOf(value), options))]),
  );
}

/** Whether an `if:` holds. Without a word on the status it asks for success, too. */
export function holds(condition: unknown, options: ExpressionOptions): boolean {
  if (condition === undefined) return options.status === "success";
  const text = textOf(condition).replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const asksForStatus = /\b(?:success|failure|always|cancelled)\s*\(/.test(text);
  if (!asksForStatus && options.status !== "success") return false;
  const value = evaluate(text, options);
  return value !== false && value !== null && value !== "" && value !== 0;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function dictionaryOf(contexts: Contexts): data.Dictionary {
  const known = Object.fromEntries(CONTEXTS.map((name) => [name, contexts[name] ?? {}]));
  return JSON.parse(JSON.stringify(known), data.reviver) as data.Dictionary;
}

function functionsOf({ status, filesMatching }: ExpressionOptions) {
  const definition = (
    name: string,
    maxArgs: number,
    call: (...args: data.ExpressionData[]) => boolean | string,
  ) => {
    const asData = (value: boolean | string) =>
      typeof value === "boolean" ? new data.BooleanData(value) : new data.StringData(value);
    return { name, minArgs: 0, maxArgs, call: (...args: data.ExpressionData[]) => asData(call(...args)) };
  };
  const definitions = [
    definition("success", 0, () => status === "success"),
    definition("failure", 0, () => status === "failure"),
    definition("cancelled", 0, () => status === "cancelled"),
    definition("always", 0, () => true),
    definition("hashFiles", 255, (...patterns) =>
      patterns.flatMap((pattern) => filesMatching?.(pattern.coerceString()) ?? []).join(),
    ),
  ];
  return new Map(definitions.map((each) => [each.name.toLowerCase(), each]));
}
