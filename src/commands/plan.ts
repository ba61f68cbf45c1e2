import { Command, Option } from "commander";
import type { Build, LeftTag, Plan } from "../build/plan.ts";
import { circleciWorkflows, githubMatrix } from "../build/shards.ts";
import { plural } from "../format.ts";
import { markdownCode, markdownTable } from "../markdown-table.ts";
import { printable } from "../printable.ts";
import type { Registry } from "../registry/model.ts";
import { formatReference } from "../registry/reference.ts";
import { scanRegistry } from "../registry/scan.ts";
import { jsonOption, quietOption, rootOption, scanOptions, treeOption } from "./options.ts";
import { formatTable, printFindings, printNote, printResult, styled } from "./output.ts";
import { type SelectionOptions, selectBuilds, selectionOptions } from "./selection.ts";

interface Options extends SelectionOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly matrix?: "github" | "circleci";
}

export function planCommand(): Command {
  const command = new Command("plan")
    .description("show what would be built, and why")
    .argument("[refs...]", "only these (namespace/name:tag)")
    .addOption(rootOption())
    .addOption(treeOption());
  for (const option of selectionOptions()) command.addOption(option);
  return command
    .addOption(jsonOption().conflicts(["markdown", "matrix"]))
    .addOption(new Option("--markdown", "print a table in Markdown").conflicts("matrix"))
    .addOption(
      new Option(
        "--matrix <ci>",
        "print the jobs of a matrix: a line for $GITHUB_OUTPUT, or for the end of a configuration of CircleCI",
      ).choices(["github", "circleci"]),
    )
    .addOption(quietOption())
    .addHelpText(
      "after",
      "\nExamples:\n  $ stowage plan\n  $ stowage plan --changed-from origin/main\n  $ stowage plan --layout repository --collection lab/tool --matrix github",
    )
    .action(runPlan);
}

async function runPlan(references: readonly string[], options: Options): Promise<void> {
  let registry: Registry | undefined;
  const plan = await selectBuilds(
    references,
    options,
    () => (registry = scanRegistry({ ...scanOptions(options), mayBeEmpty: true })),
  );
  printFindings(registry?.findings ?? []);
  printResult(formatPlan(plan, options));
  if (!options.quiet) printNote(summaryOf(plan));
}

function formatPlan(plan: Plan, { json, markdown, matrix }: Options): string {
  if (matrix === "github") return `matrix=${JSON.stringify(githubMatrix(plan.builds))}`;
  if (matrix === "circleci") return `workflows: ${JSON.stringify(circleciWorkflows(plan.builds))}`;
  if (json) return JSON.stringify(jsonOf(plan), null, 2);
  return markdown ? markdownOf(plan) : tableOf(plan);
}

function jsonOf({ builds, left }: Plan): object {
  return {
    builds: builds.map((build) => ({ ...build, reference: formatReference(build.reference) })),
    left: left.map((tag) => ({ ...tag, reference: formatReference(tag.reference) })),
  };
}

function tableOf({ builds }: Plan): string {
  if (builds.length === 0) return "Nothing is to be built.";
  const rows = builds.map((build) => [
    formatReference(build.reference),
    build.reason,
    printable(build.recipe),
  ]);
  const [head = "", ...lines] = formatTable([["REFERENCE", "WHY", "RECIPE"], ...rows]).split("\n");
  return [styled("bold", head, process.stdout), ...lines].join("\n");
}

/** What would change, for the summary of a pull request. */
function markdownOf({ builds, left }: Plan): string {
  const rows = [
    ...builds.map((build) => ({ reference: build.reference, what: `is built: ${whyOf(build)}` })),
    ...left.flatMap(({ reference, reason }) => {
      const what = CHANGES[reason];
      return what === undefined ? [] : [{ reference, what }];
    }),
  ];
  if (rows.length === 0) return "Nothing is to be built.";
  const cells = rows.map(({ reference, what }) => [markdownCode(formatReference(reference)), what]);
  return markdownTable(["image", "what would change"], cells);
}

/** What becomes of a tag that is not built. */
const CHANGES: Readonly<Partial<Record<LeftTag["reason"], string>>> = {
  stale:
    "keeps its record, though its definition file changed: delete its `README.md` to have it built again",
  "record changed": "gets the record that is in its `README.md`",
};

function whyOf({ reason, hasBuildScript }: Build): string {
  return hasBuildScript ? `${reason}; by its own \`build.sh\`` : reason;
}

function summaryOf({ builds, left }: Plan): string {
  const counts = new Map<LeftTag["reason"], number>();
  for (const { reason } of left) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => `${count} ${reason}`);
  const rest = parts.length === 0 ? "" : `; left as they are: ${parts.join(", ")}`;
  return `${plural(builds.length, "image")} to build${rest}`;
}
