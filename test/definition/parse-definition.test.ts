import { expect, test } from "vitest";
import { baseOf } from "../../src/definition/base.ts";
import { definitionJson } from "../../src/definition/definition-json.ts";
import type { DefinitionProblem, ParsedDefinition, Stage } from "../../src/definition/definition.ts";
import { parseDefinition } from "../../src/definition/parse-definition.ts";

function parsed(text: string): ParsedDefinition {
  const result = parseDefinition(text);
  if ("problem" in result) throw new Error(`${result.problem.line}: ${result.problem.reason}`);
  return result.definition;
}

/** The only stage of a file. */
function stageOf(text: string): Stage {
  const { stages } = parsed(text);
  expect(stages).toHaveLength(1);
  return stages[0]!;
}

function problemOf(text: string): DefinitionProblem {
  const result = parseDefinition(text);
  if ("definition" in result) throw new Error("it can be parsed");
  return result.problem;
}

test("a header has keys in lower case, values without comments, and where each stands", () => {
  const text =
    "# mine\nBootstrap:docker\n\n  FROM :  host:1/x # y\nInclude: a \\\n  b\\n\\\n  c\nMirrorURL:\n";
  expect(stageOf(text)).toMatchObject({
    header: { bootstrap: "docker", from: "host:1/x", include: "a b\nc", mirrorurl: "" },
    headerLines: { bootstrap: 2, from: 4, include: 5, mirrorurl: 8 },
  });
});

test("a key that is given twice has its last value and place", () => {
  const { header, headerLines } = stageOf("Bootstrap: docker\nFrom: a\nFrom: b\n");
  expect([header["from"], headerLines["from"]]).toEqual(["b", 3]);
});

test("a script keeps every character and its empty lines", () => {
  const script = "\n    # a comment\n\techo 'a  b' \\\n      c # d  \n\n";
  const { sections } = stageOf(`Bootstrap: docker\n%post -c /bin/bash\n${script}%Test\n    true`);
  expect(sections).toEqual({
    post: { args: "-c /bin/bash", script, line: 2 },
    // As apptainer stores it: the last line ends, too.
    test: { args: "", script: "    true\n", line: 8 },
  });
});

test("a script has line feeds where the file has CRLF, as apptainer stores it", () => {
  const { header, sections } = stageOf("Bootstrap: docker\r\n%post -e\r\n    a\r\r\n\r\n    b\r\n");
  expect(header).toEqual({ bootstrap: "docker" });
  expect(sections["post"]).toEqual({ args: "-e", script: "    a\r\n\n    b\n", line: 2 });
});

test("a section that repeats is one, with the last arguments", () => {
  const text = "%post -e\n    a\n%test\n    b\n%post -x\n    c\n%post\n    d\n";
  expect(stageOf(text).sections["post"]).toEqual({ args: "-x", script: "    a\n    c\n    d\n", line: 1 });
});

test("labels are a key, one space, and the rest; the last of several counts", () => {
  const text =
    '%labels\n  a  b  c \n# no\n  key\n\tTab\tvalue\n  q "1 2"\n  twice 1\n%labels\n  twice 2\n  __proto__ x\n';
  expect(Object.entries(stageOf(text).labels)).toEqual([
    ["a", "b  c"],
    ["key", ""],
    ["Tab\tvalue", ""],
    ["q", '"1 2"'],
    ["twice", "2"],
    ["__proto__", "x"],
  ]);
});

test("files are pairs, in quotes or not, by where they are from", () => {
  const text = [
    "%files",
    "  /a",
    "  /b /c /ignored",
    "# no",
    '  "/d e" "/f g"h',
    "  '/h i' /j",
    "%files from build",
    "  /k\t/l",
    "%files",
    '  "" x"y"',
    "  /{{ A }}/{{B}}-{{ C }}{d} /e",
    "  {{ {{ A }}}f g",
  ].join("\n");
  expect(stageOf(text).files).toEqual([
    {
      args: "",
      files: [
        { source: "/a", destination: "" },
        { source: "/b", destination: "/c" },
        { source: "/d e", destination: "/f g" },
        // Apptainer knows the single quote only where a word begins.
        { source: "'/h i", destination: "' /j" },
        { source: "", destination: "x" },
        { source: "/{{ A }}/{{B}}-{{ C }}", destination: "{d}" },
        { source: "{{", destination: "{{ A }}}f" },
      ],
    },
    { args: "from build", files: [{ source: "/k", destination: "/l" }] },
  ]);
});

test("apps have sections, labels and files of their own, in the order of the file", () => {
  const text = [
    "%apprun one",
    "  echo 1",
    "%appfiles one",
    "  a  # all of it",
    "  b c d",
    "%applabels __proto__ x",
    "  Key a value",
    "%apphelp one and more",
    "  text",
    "%apprun one",
    "  echo 2",
  ].join("\n");
  const { apps } = stageOf(text);
  expect(Object.keys(apps)).toEqual(["one", "__proto__"]);
  expect(apps["one"]).toEqual({
    sections: {
      run: { args: "", script: "  echo 1\n  echo 2\n", line: 1 },
      help: { args: "and more", script: "  text\n", line: 8 },
    },
    labels: {},
    files: [
      { source: "a", destination: "" },
      { source: "b", destination: "c d" },
    ],
  });
  expect(Object.entries(apps)[1]?.[1].labels).toEqual({ Key: "a value" });
});

test("stages begin at Bootstrap, wherever it is at the beginning of a line", () => {
  const text =
    "# mine\nbootstrap: docker\nStage: one\n%post\n    a\nBootstrap: docker\nFrom: b\n%post\n    c\n";
  const { stages } = parsed(text);
  expect(stages.map(({ header }) => header)).toEqual([
    { bootstrap: "docker", stage: "one" },
    { bootstrap: "docker", from: "b" },
  ]);
  expect(stages.map(({ sections }) => sections["post"])).toEqual([
    { args: "", script: "    a\n", line: 4 },
    { args: "", script: "    c\n", line: 8 },
  ]);
  expect(stages[1]?.headerLines).toEqual({ bootstrap: 6, from: 7 });
});

test("variables have their default in headers, labels and files, and stay as they are in scripts", () => {
  const stage = stageOf(
    `Bootstrap: docker
From: {{ BASE }}:{{VERSION}}
Include: {{ UNKNOWN }} {{ VERSION }} # {{ VERSION }}
%arguments
    VERSION = 1.36
    # VERSION = 2
    BASE=busy{{ BOX }}
    BOX=box{{ BASE }}
    none
%post
    echo {{ VERSION }}
%labels
    version {{ VERSION }}
    commented a # {{ VERSION }}
    signed a #{{ VERSION }} #!{{ VERSION }}
%files
    /a-{{ VERSION }} "{{ BASE }} {{ VERSION }}"
%applabels app
    version {{ VERSION }}
%apprun app
    echo {{ VERSION }}
%appfiles app
    {{ VERSION }} b
`,
  );
  expect(stage.header).toEqual({
    bootstrap: "docker",
    // One level deep: what a value names is taken as it is.
    from: "busybox{{ BASE }}:1.36",
    include: "{{ UNKNOWN }} 1.36",
  });
  expect(stage.labels).toEqual({
    version: "1.36",
    commented: "a # {{ VERSION }}",
    signed: "a #1.36 #!1.36",
  });
  expect(stage.files[0]?.files).toEqual([{ source: "/a-1.36", destination: "busybox{{ BASE }} 1.36" }]);
  expect(stage.apps["app"]).toMatchObject({
    labels: { version: "1.36" },
    files: [{ source: "1.36", destination: "b" }],
    sections: { run: { script: "    echo {{ VERSION }}\n" } },
  });
  expect(stage.sections["post"]?.script).toBe("    echo {{ VERSION }}\n");
});

test("a default counts in its own stage only", () => {
  const text = "Bootstrap: a\n%arguments\n    A=1\nBootstrap: b\nFrom: {{ A }}\n";
  expect(parsed(text).stages[1]?.header["from"]).toBe("{{ A }}");
});

test("values stay as they stand where a default would break them, make them very long, or take long", () => {
  expect(stageOf('%files\n  {{ A }}\n%arguments\n  A="\n').files[0]?.files).toEqual([
    { source: "{{ A }}", destination: "" },
  ]);
  const many = `%labels\n  a ${"{{ A }}".repeat(1000)}\n%arguments\n  A=${"b".repeat(1000)}\n`;
  expect(stageOf(many).labels["a"]).toBe("{{ A }}".repeat(1000));
  const nested = `%labels\n  a {{ A }}\n%arguments\n  B=${"c".repeat(1000)}\n  A=${"{{ B }}".repeat(1000)}\n`;
  expect(stageOf(nested).labels["a"]).toBe("{{ A }}");
  const nothing = `%labels\n${"  a {{ A }}\n".repeat(100)}%arguments\n  B=\n  A=${"{{ B }}".repeat(1000)}\n`;
  expect(stageOf(nothing).labels["a"]).toBe("{{ A }}");
  // Longer than a string can be.
  const huge = `%labels\n  a ${"{{A}}".repeat(12_000)}\n%arguments\n  A=${"b".repeat(60_000)}\n`;
  expect(stageOf(huge).labels["a"]).toBe("{{A}}".repeat(12_000));
});

test("the base is what the last stage is built upon", () => {
  expect(baseOf(parsed("Bootstrap: docker\nFrom: a\nBootstrap: localimage\nFrom: b.sif\n"))).toBe(
    "localimage: b.sif",
  );
  expect(baseOf(parsed("Bootstrap: scratch\n"))).toBe("scratch");
  expect(baseOf(parsed("%post\n    true\n"))).toBeUndefined();
});

test("the JSON has all of it but the lines", () => {
  const text = `Bootstrap: docker
From: a
%labels
    k v
%files from b
    c d
%post -e
    true
%apprun __proto__
    false
%applabels __proto__
    k v
`;
  expect(JSON.stringify(definitionJson(parsed(text)), null, 1).replaceAll(/\n */g, "")).toBe(
    '{"kind": "definition","stages": [{"header": {"bootstrap": "docker","from": "a"},' +
      '"sections": {"post": {"args": "-e","script": "    true\\n"}},"labels": {"k": "v"},' +
      '"files": [{"args": "from b","files": [{"source": "c","destination": "d"}]}],' +
      '"apps": {"__proto__": {"sections": {"run": {"args": "","script": "    false\\n"}},"labels": {"k": "v"},"files": []}}}]}',
  );
});

test("a problem says what was found and what to do, in a sentence of bounded length", () => {
  expect(problemOf("").reason).toBe("it says nothing; begin with a header, such as Bootstrap: docker");
  expect(problemOf("Bootstrap: docker\n%porst\n").reason).toBe(
    '"%porst" is no section that apptainer knows; such as %post or %runscript',
  );
  expect(problemOf("Bootstrap: docker\n%post\t-e\n").reason).toContain("a single space follows the name");
  expect(problemOf("Bootstrap: docker\n  %post\n").reason).toContain("a section begins its line");
  expect(problemOf("Bootstrap: docker\n%AppRun a\n").reason).toBe(
    '"%AppRun" has to be in lower case: %apprun',
  );
  expect(problemOf("Bootstrap: docker\n%apprun\n").reason).toContain("write its name: %apprun NAME");
  expect(problemOf("Bootstrap: docker\nMaintainer: me\n").reason).toContain('"maintainer" is no key');
  expect(problemOf("Bootstrap: docker\nFrom\n").reason).toContain('"From" is no line of a header');
  expect(problemOf(`${"x".repeat(10_000)}\n`).reason.length).toBeLessThan(200);
});
