import { changedRecords } from "../check/check-pull-request.ts";
import type { Finding } from "../finding.ts";
import { formatBytes, plural, shortDigest } from "../format.ts";
import { printable } from "../printable.ts";
import { type FixOutcome, oldRecords } from "../publish/fix-record.ts";
import { printNote, printResult, styled } from "./output.ts";
import { Progress } from "./progress.ts";
import { openRegistry } from "./publishing.ts";
import { type ChangeOptions, changedIn } from "./selection.ts";

export interface FixOptions extends ChangeOptions {
  readonly privateNetwork?: boolean;
  /** What becomes of a record is a result of its own, not a part of one. */
  readonly isPlain: boolean;
}

/** What was mended, as JSON tells it, and what is wrong with the images of the rest. */
export interface Fixed {
  readonly mended: readonly { readonly file: string; readonly digest: string; readonly size: number }[];
  readonly left: readonly { readonly file: string; readonly reason: string }[];
  readonly findings: readonly Finding[];
}

/** Mends what is safe in a registry, or in what a pull request changes of it, and says so as it goes. */
export async function fixRegistry(options: FixOptions): Promise<Fixed> {
  const { root, privateNetwork = false, quiet = false } = options;
  // Loaded here, for no other check asks the network.
  const { fixRecords } = await import("../publish/fix-records.ts");
  const { registry, tree } = openRegistry(options);
  const paths = await changedIn(options, registry);
  const records = [...oldRecords(changedRecords(registry, paths && new Set(paths)))];
  const progress = new Progress(process.stderr, { isQuiet: quiet });
  let done = 0;
  const show = (what = "") =>
    progress.show(`measured ${done} of ${plural(records.length, "record")}  ${what}`);
  const outcomes = await fixRecords(records, {
    root,
    tree,
    images: registry.images,
    isPublicOnly: !privateNetwork,
    env: process.env,
    onImage: (url) => show(url),
    onOutcome: (outcome) => {
      done++;
      progress.clear();
      printOutcome(outcome, options);
      show();
    },
  });
  progress.clear();
  const fixed = fixedOf(outcomes);
  if (!quiet) printNote(summaryOf(fixed));
  return fixed;
}

function fixedOf(outcomes: readonly FixOutcome[]): Fixed {
  return {
    mended: outcomes.flatMap((each) =>
      "mended" in each ? [{ file: each.file, digest: each.mended.digest, size: each.mended.size }] : [],
    ),
    left: outcomes.flatMap((each) => ("left" in each ? [{ file: each.file, reason: each.left }] : [])),
    findings: outcomes.flatMap((each) => ("finding" in each ? [each.finding] : [])),
  };
}

function printOutcome(outcome: FixOutcome, { isPlain, quiet }: FixOptions): void {
  if ("mended" in outcome) {
    const { size, digest } = outcome.mended;
    const line = `${printable(outcome.file)}: ${formatBytes(size)}, ${shortDigest(digest)}`;
    if (isPlain) printResult(`${styled("green", "mended", process.stdout)} ${line}`);
    else if (!quiet) printNote(`${styled("green", "mended", process.stderr)} ${line}`);
  } else if ("left" in outcome && !quiet) {
    printNote(`left as it is: ${printable(outcome.file)}: ${printable(outcome.left)}`);
  }
}

function summaryOf({ mended, left, findings }: Fixed): string {
  const rest = left.length + findings.length;
  if (mended.length + rest === 0) return "Nothing is to be mended.";
  return `${plural(mended.length, "record")} mended${rest === 0 ? "" : `, ${rest} left as they are`}`;
}

/** What mending found wrong, without what was said before of the same image. */
export function foundBesides(known: readonly Finding[], findings: readonly Finding[]): Finding[] {
  const keys = new Set(known.map(imageKey));
  return findings.filter((finding) => !keys.has(imageKey(finding)));
}

function imageKey({ code, file, args }: Finding): string {
  return JSON.stringify([code, file, args["image"]]);
}
