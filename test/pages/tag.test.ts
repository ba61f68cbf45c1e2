import { load } from "js-yaml";
import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, test } from "vitest";
import { sifMapView } from "../../src/site/sif-map-view.ts";
import { parseRecord } from "../../src/registry/readme.ts";
import { HOSTILE } from "../support/browser.ts";
import { type Built, FILES, KEY, built, digestOf, unescapeHtml } from "./support.ts";
import { escapeHtml } from "../../src/html.ts";

let site: Built;
beforeAll(async () => {
  site = await built();
});

const tagPage = (tag: string) => site.page(`lab/tool/tags/${tag}/`);

function formOf(page: string, name: string): string {
  const [, html = ""] =
    new RegExp(`<summary>${name}</summary>\\s*<pre[^>]*><code>([^]*?)</code>`).exec(page) ?? [];
  return unescapeHtml(html);
}

describe("the forms of workflow languages", () => {
  const address = `https://storage.example.org/sha256/${digestOf("four")}.sif`;

  test("name the image by an address that never means another", () => {
    const page = tagPage("latest");
    expect(formOf(page, "Nextflow")).toContain(`process TOOL {\n    container '${address}'\n`);
    expect(formOf(page, "Snakemake")).toContain(
      `rule tool:\n    output: "tool.txt"\n    container: "${address}"\n`,
    );
    expect(page).toContain("The address names the image by its digest");
    expect(load(formOf(page, "CWL"))).toEqual({
      cwlVersion: "v1.2",
      class: "CommandLineTool",
      hints: { DockerRequirement: { dockerPull: address } },
      baseCommand: ["your-command"],
      inputs: [],
      outputs: [],
    });
  });

  test.each(["Slurm", "Shell"])("are a script that a shell takes: %s", (name) => {
    const script = formOf(tagPage("latest"), name);
    expect(script).toContain(`apptainer pull tool_latest.sif ${address}\n`);
    expect(script).toContain(`echo "${digestOf("four")}  tool_latest.sif" | sha256sum -c -\n`);
    expect(spawnSync("sh", ["-n"], { input: script })).toMatchObject({ status: 0 });
  });

  test("say that an address may come to mean another image", async () => {
    const file = FILES["registry/lab/tool/manifests/1.0/README.md"]?.toString() ?? "";
    const moved = file.replace(/https:[^"]*/, "https://storage.example.org/tool.sif");
    const other = await built({ "registry/lab/tool/manifests/1.0/README.md": moved });
    expect(other.page("lab/tool/tags/1.0/")).toContain("what lies there may change");
  });

  test.each(["elsewhere", "strange", "planned"])(
    "are not there where no runner could fetch it: %s",
    (tag) => {
      expect(tagPage(tag)).not.toContain("use-heading");
    },
  );
});

describe("what is inside an image", () => {
  test("is a picture and a table of the same parts", () => {
    const page = tagPage("latest");
    const rects = [...page.matchAll(/<rect class="(part-\w+)" x="([\d.]+)" width="([\d.]+)" height="24">/g)];
    expect(rects.map(([, part]) => part)).toEqual([
      "part-table",
      "part-data",
      "part-unused",
      "part-partition",
      "part-signature",
    ]);
    const end = rects.reduce((sum, [, , , width]) => sum + Number(width), 0);
    expect(Math.abs(end - 1000)).toBeLessThan(1);
    expect(page.match(/<svg class="swatch"/g)).toHaveLength(rects.length);
    expect(page).toContain("squashfs, primary system");
    expect(page).toContain(escapeHtml(HOSTILE.slice(0, 100)));
  });

  test("is not told where the record does not say", () => {
    expect(tagPage("1.9")).not.toMatch(/inside-heading|Signed by/);
  });

  test("is never wider than the picture, whatever a record says", () => {
    const most = 2 ** 53 - 1;
    const objects = Array.from({ length: 64 }, (_, id) => ({
      id,
      type: "generic",
      offset: [40_000, most, 50_000 + id * 10, 45_000][id % 4] ?? 0,
      size: [100, 0, 1, most][id % 4] ?? 0,
    }));
    const { value } = parseRecord(FILES["registry/lab/tool/manifests/1.9/README.md"]?.toString() ?? "", "");
    if (!value) throw new Error("the record can be read");
    const { mapHtml } = sifMapView({ ...value, objects }) ?? { mapHtml: "" };
    const widths = [...mapHtml.matchAll(/ width="([\d.]+)"/g)].map(([, width]) => Number(width));
    expect(widths.length).toBeGreaterThan(2);
    expect(widths.every((width) => width >= 3)).toBe(true);
    expect(Math.abs(widths.reduce((sum, width) => sum + width, 0) - 1000)).toBeLessThan(5);
  });

  test("is told of signatures as what the file says, and nothing is called verified", () => {
    const page = tagPage("latest");
    expect(page).toContain(`carries a signature by <code>${KEY}</code>, as the file says`);
    expect(page).not.toMatch(/verified|trusted/i);
  });
});

test("apps and scripts are shown with how they are run", () => {
  const page = tagPage("latest");
  expect(page).toContain("<code>apptainer run --app align tool_latest.sif</code>");
  expect(page).toContain("Aligns &lt;things&gt;.");
  expect(page).toMatch(/<summary>Runscript<\/summary>\n<pre[^>]*> {4}exec tool/);
  expect(page).toMatch(/<summary>Environment<\/summary>\n<pre[^>]*> {4}export A=&quot;&lt;b&gt;/);
});

test("a tag that is to be built says so, and how to build it oneself", () => {
  const page = tagPage("planned");
  expect(page).toContain("Not built yet");
  expect(page).toContain(
    "curl -fL -o tool_planned.def https://lab.org/r/lab/tool/manifests/planned/Singularity.def\napptainer build tool_planned.sif tool_planned.def",
  );
  expect(page).not.toMatch(/pull-heading|facts-heading/);
  expect(page).toContain("<dt>Base</dt>");
});

test("a line of the definition file can be linked to", () => {
  expect(tagPage("planned")).toContain(
    '<span id="L2"><a href="#L2" tabindex="-1" aria-hidden="true"></a><u>From</u>',
  );
});
