import { describe, expect, test } from "vitest";
import { runCli } from "./support/cli.ts";
import { IMAGE, storedTag } from "./support/protocols.ts";
import { DEFINITION, registryOf } from "./support/registry.ts";

const FILES = {
  ...storedTag("lab/tool:1.0"),
  ...storedTag("lab/tool:2.0+cuda"),
  "registry/lab/tool/manifests/dev/Singularity": DEFINITION,
  "registry/lab/secret/README.md": "---\nvisibility: private\n---\n",
  "registry/lab/secret/manifests/1.0/Singularity": DEFINITION,
};
const status = (...args: readonly string[]) =>
  runCli(["status", ...args, "--root", registryOf(FILES), "--url", "https://lab.org/"]);

describe("stowage status REF", () => {
  test("shows commands as they are typed, then why there are no more", async () => {
    const result = await status("lab/tool:1.0");
    expect({ ...result, stdout: "" }).toEqual({ status: 0, stdout: "", stderr: "" });
    const [, table, , title, ...ways] = result.stdout.trimEnd().split("\n");
    expect([table?.split(/ {2,}/).slice(0, 2), title]).toEqual([["lab/tool:1.0", "built"], "lab/tool:1.0"]);
    expect(ways.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ["oras://", "apptainer pull tool_1.0.sif oras://lab.org/lab/tool:1.0"],
      ["library://", "apptainer pull --library https://lab.org tool_1.0.sif library://lab/tool:1.0"],
      ["shub://", "apptainer pull tool_1.0.sif shub://lab.org/lab/tool:1.0"],
      ["https://", `apptainer pull tool_1.0.sif https://lab.org/${IMAGE.path}`],
      ["curl", `curl -fL -o tool_1.0.sif https://lab.org/${IMAGE.path}`],
      ["sregistry", "SREGISTRY_REGISTRY_BASE=https://lab.org sregistry pull lab/tool:1.0"],
      ["oras", expect.stringMatching(/^no: this client reads the Content-Type of a manifest/)],
    ]);
  });

  test("answers as the host that is named", async () => {
    const { stdout } = await status("lab/tool:1.0", "--as", "netlify");
    expect(stdout).toContain("oras pull lab.org/lab/tool:1.0");
    expect(await status("lab/tool:1.0", "--as", "nobody")).toMatchObject({ status: 2, stdout: "" });
  });

  test("shows every tag of a collection", async () => {
    const { stdout } = await status("lab/tool");
    for (const tag of ["1.0", "2.0+cuda", "dev"]) expect(stdout).toContain(`\nlab/tool:${tag}\n`);
    expect(stdout).toContain("no: no image has been built yet");
    expect((await status("lab/secret")).stdout).toContain("no: the collection is private");
  });

  test("prints JSON with the ways to pull, which the list of all tags does not have", async () => {
    const one = await status("lab/tool:1.0", "--json");
    expect(one).toMatchObject({ status: 0, stderr: "" });
    const { tags, findings } = JSON.parse(one.stdout) as { tags: { pull: object[] }[]; findings: object[] };
    expect([tags.length, findings]).toEqual([1, []]);
    expect(tags[0]).toMatchObject({ reference: "lab/tool:1.0", status: "built" });
    expect(tags[0]?.pull).toHaveLength(7);
    expect(tags[0]?.pull[2]).toEqual({
      protocol: "shub",
      client: "apptainer",
      command: "apptainer pull tool_1.0.sif shub://lab.org/lab/tool:1.0",
    });
    expect(tags[0]?.pull[5]).toEqual({ protocol: "oci", client: "oras", reason: expect.any(String) });
    const all = JSON.parse((await status("--json")).stdout) as { tags: object[] };
    expect(all.tags).toHaveLength(4);
    for (const tag of all.tags) expect(tag).not.toHaveProperty("pull");
  });

  test.each([
    ["lab/nothing:1.0", /^stowage: lab\/nothing is not a collection of this registry\n$/],
    ["lab/tool:3.0", /^stowage: lab\/tool has no tag 3\.0; it has 1\.0, 2\.0\+cuda, dev\n$/],
    ["lab/tool:", /^stowage: "lab\/tool:" is not a reference; expected .*\n$/],
    ["tool", /^stowage: "tool" is not a reference; expected .*\n$/],
    ["lab/../tool:1", /^stowage: ".*" is not a reference; expected .*\n$/],
  ])("%s is one sentence and status 2", async (reference, message) => {
    const result = await status(reference);
    expect(result).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(message) });
  });
});
