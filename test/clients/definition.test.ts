import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Section, Stage } from "../../src/definition/definition.ts";
import { parseDefinition } from "../../src/definition/parse-definition.ts";
import { ACCEPTED, REFUSED } from "../definition/files.ts";
import { type User, because, newUser, twoAtATime, whyNoApptainer } from "../support/clients.ts";
import { imagesUnless } from "../support/image-building.ts";

const reason = whyNoApptainer();
const [base] = await imagesUnless(reason, "hello");

/** What apptainer says when it cannot parse a file; at some it crashes. */
const REFUSAL = /while parsing definition|^panic: /m;
/** What it says later, to a base that is none, a file without a header, and a variable that nobody sets. */
const ACCEPTANCE = /could not parse reference|Unable to create build|is not defined through/;

/** What apptainer says when it builds each text. */
async function answers(texts: Readonly<Record<string, string>>): Promise<[name: string, answer: string][]> {
  const user = newUser();
  const said: [string, string][] = [];
  await twoAtATime(Object.entries(texts), async ([name, text]) => {
    const file = `${name.replaceAll(/\W/g, "-")}.def`;
    writeFileSync(join(user.folder, file), text);
    const { stdout, stderr } = await user.run(`apptainer build ${file}.sif ${file}`);
    said.push([name, stdout + stderr]);
  });
  return said;
}

describe.skipIf(reason !== undefined)(`apptainer's own parser${because(reason)}`, () => {
  test("takes each file that ours takes", async () => {
    for (const [name, answer] of await answers(ACCEPTED)) {
      expect(answer, name).toMatch(ACCEPTANCE);
      expect(answer, name).not.toMatch(REFUSAL);
    }
  });

  test("refuses each file that ours refuses", async () => {
    const texts = Object.fromEntries(Object.entries(REFUSED).map(([name, [text]]) => [name, text]));
    for (const [name, answer] of await answers(texts)) expect(answer, name).toMatch(REFUSAL);
  });
});

/** The last stage of a file that can be parsed. */
function lastStage(text: string): Stage {
  const result = parseDefinition(text);
  const stage = "definition" in result ? result.definition.stages.at(-1) : undefined;
  if (!stage) throw new Error(JSON.stringify(result));
  return stage;
}

/** A script as apptainer stores it, with what its section's line says after the shell, and without its last breaks. */
function stored({ args, script }: Section = { args: "", script: "", line: 0 }): string {
  return `#!/bin/sh${args === "" ? "" : ` ${args}`}\n\n${withoutBreaks(script)}`;
}

function withoutBreaks(text = ""): string {
  return text.replace(/\n+$/, "");
}

/** What `apptainer inspect` tells of an image. */
interface Attributes {
  readonly labels: Readonly<Record<string, string>>;
  readonly deffile: string;
  readonly runscript: string;
  readonly startscript: string;
  readonly test: string;
  readonly helpfile: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly apps?: Readonly<
    Record<string, Pick<Attributes, "labels" | "runscript" | "helpfile" | "environment">>
  >;
}

/** Builds an image from a text; with force, or it would keep the help of its base. */
async function inspected(user: User, text: string): Promise<Attributes> {
  writeFileSync(join(user.folder, "x.def"), text);
  writeFileSync(join(user.folder, "base.sif"), base.bytes);
  await user.output("apptainer build --force --notest x.sif x.def");
  const { data } = JSON.parse(await user.output("apptainer inspect --json --all x.sif"));
  return data.attributes;
}

/** Those that the file gives; apptainer adds more. */
function expectStored(stage: Stage, image: Attributes): void {
  const { sections } = stage;
  expect(image.labels).toMatchObject(stage.labels);
  expect(image.runscript).toBe(stored(sections["runscript"]));
  expect(image.startscript).toBe(stored(sections["startscript"]));
  expect(image.test).toBe(stored(sections["test"]));
  expect(image.helpfile).toBe(withoutBreaks(sections["help"]?.script));
  const environment = withoutBreaks(sections["environment"]?.script);
  expect(Object.values(image.environment).join("\n")).toContain(environment);
  expect(environment).not.toBe("");
}

const SECTIONS = `
%arguments
    VERSION = 1.2
    NAME=tool {{ VERSION }}
%help
  Says hello,

      and more.  

%labels
    Plain  a value with  spaces
    Version {{ VERSION }}
    Name {{NAME}}
    Tab\tvalue
    Quoted "a b"
    # a comment
    #{{ VERSION }} 1
    Empty
    twice 1
    __proto__ own
%environment
    export A='b # {{ VERSION }}'
%runscript -e
    echo {{ VERSION }}

%startscript
    echo start
%Runscript
    echo again

%labels
    twice 2
%test
    true
`;

describe.skipIf(reason !== undefined)(`what apptainer stores in an image${because(reason)}`, () => {
  test.each(["\n", "\r\n"])("is what our parser reads, where lines end in %j", async (lineBreak) => {
    const text = `Bootstrap: scratch\n${SECTIONS}`.replaceAll("\n", lineBreak);
    const image = await inspected(newUser(), text);
    // Apptainer has filled in all of its own copy, and our parser only what it reads values from.
    expectStored(lastStage(image.deffile), image);
    expect(lastStage(text).labels).toEqual(lastStage(image.deffile).labels);
    expect(Object.keys(lastStage(text).labels)).toHaveLength(8);
    expect(lastStage(text).sections["runscript"]?.script).toBe(
      "    echo {{ VERSION }}\n\n    echo again\n\n",
    );
  });

  test("is what our parser reads of the last stage and its apps", async () => {
    const text = `BOOTSTRAP:localimage
from : base.sif
stage: first
%labels
    first yes
bootstrap: localimage
From: base.sif # the same
%labels
    last yes
${SECTIONS}
%apphelp foo and more
    help
%applabels foo
    AppKey app value
%apprun foo
    echo foo
%apprun bar
    echo bar
%appenv foo
    export FOO=1
%apprun foo
    echo more
`;
    const image = await inspected(newUser(), text);
    const { apps, ...stage } = lastStage(image.deffile);
    expectStored({ ...stage, apps }, image);
    expect(image.labels).not.toHaveProperty("first");
    expect(Object.keys(image.apps ?? {}).sort()).toEqual(Object.keys(apps).sort());
    for (const [name, app] of Object.entries(apps)) {
      expect(image.apps?.[name]).toMatchObject({
        labels: { ...app.labels, SCIF_APP_NAME: name },
        runscript: stored(app.sections["run"]),
      });
    }
    expect(image.apps?.["foo"]?.helpfile).toBe(withoutBreaks(apps["foo"]?.sections["help"]?.script));
    expect(Object.values(image.apps?.["foo"]?.environment ?? {})).toEqual([
      withoutBreaks(apps["foo"]?.sections["env"]?.script),
    ]);
  });

  test("are the files that our parser reads", async () => {
    const user = newUser();
    for (const name of ["one", "two words", "three", "v1"]) writeFileSync(join(user.folder, name), name);
    mkdirSync(join(user.folder, "folder v1"));
    writeFileSync(join(user.folder, "base.sif"), base.bytes);
    const text = `Bootstrap: localimage
From: base.sif
%arguments
    V = v1
%files
    one
    "two words" "/in a/folder"
    # four /four
    three	/3 ignored
    {{ V }} /copy-{{ V }}
%files
    one /again
    "folder {{ V }}" /folder
%appfiles foo
    one # a comment
    one   two spaces
`;
    writeFileSync(join(user.folder, "x.def"), text);
    await user.output("apptainer build --sandbox box x.def");
    const { files, apps } = lastStage(text);
    const pairs = files.flatMap((list) => list.files);
    const copies = pairs.map(({ source, destination }) => destination || source);
    for (const { source, destination } of apps["foo"]?.files ?? []) {
      copies.push(`scif/apps/foo/${destination || source}`);
    }
    expect(copies).toHaveLength(8);
    for (const copy of copies) expect(existsSync(join(user.folder, "box", copy)), copy).toBe(true);
    for (const { source } of pairs) expect(existsSync(join(user.folder, source)), source).toBe(true);
  });
});
