import type { DefinitionProblem, DefinitionResult, Stage } from "./definition.ts";
import { readArguments } from "./entries.ts";
import { findTooLong } from "./longest-section.ts";
import { parseStage } from "./parse-stage.ts";
import { isProblem } from "./problem.ts";
import { readSectionName } from "./section-name.ts";
import { type Block, type StageText, splitStages } from "./stages.ts";
import { type Room, type Values, fillLines } from "./variables.ts";

/**
 * Reads a definition file as apptainer 1.4 does: what that refuses is a problem with its line, and all else is taken,
 * even what cannot be built for another reason (no header, an unknown bootstrap agent).
 *
 *     Bootstrap: docker
 *     From: busybox:1.36      →  { definition: { stages: [{ header: { bootstrap: "docker", from: "busybox:1.36" },
 *     %post -c /bin/bash                                    sections: { post: { args: "-c /bin/bash",
 *         echo built                                                    script: "    echo built\n", line: 3 } }, … }] } }
 *
 * `{{ VARIABLES }}` with a default in %arguments are filled in where a value is read: in the header, labels and files.
 * Scripts stay as they are, and so does a variable without a default: only a build knows it. Nothing is executed, and
 * no text makes it throw.
 */
export function parseDefinition(text: string): DefinitionResult {
  const stages: Stage[] = [];
  for (const stageText of splitStages(text)) {
    const stage = findTooLong(stageText) ?? parseStage(stageText);
    if (stage && isProblem(stage)) return { problem: stage };
    if (stage) stages.push(withDefaults(stage, stageText));
  }
  return stages.length > 0 ? { definition: { stages } } : { problem: NOTHING };
}

const NOTHING: DefinitionProblem = {
  line: 1,
  reason: "it says nothing; begin with a header, such as Bootstrap: docker",
};

/** The same stage, with its own %arguments filled in, where that can be read. */
function withDefaults(stage: Stage, text: StageText): Stage {
  const values = readArguments((stage.sections["arguments"]?.script ?? "").split("\n"));
  const filled = values.size > 0 && fillStage(text, values);
  const again = filled && parseStage(filled);
  return again && !isProblem(again) ? again : stage;
}

/** How many times as long as its text a stage may become. */
const MOST_GROWTH = 8;

/** Undefined where it would become too long. */
function fillStage({ header, sections }: StageText, values: Values): StageText | undefined {
  const room: Room = {
    left: MOST_GROWTH * [header, ...sections].reduce((sum, block) => sum + lengthOf(block), 0),
  };
  const filled = {
    header: { ...header, lines: fillLines(header.lines, values, room) },
    sections: sections.map((block) => {
      const [first = "", ...body] = block.lines;
      return hasValues(first) ? { ...block, lines: [first, ...fillLines(body, values, room)] } : block;
    }),
  };
  return room.left < 0 ? undefined : filled;
}

function lengthOf({ lines }: Block): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

function hasValues(sectionLine: string): boolean {
  const section = readSectionName(sectionLine.trim(), 0);
  return "name" in section && (section.name === "labels" || section.name === "files");
}
