import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.ts";
import { DEFINITION, HEX, record2 } from "../support/registry.ts";
import { type Clone, remoteOf } from "../support/repository.ts";
import { TAGS, TOOL } from "./support.ts";

const README = "---\ndescription: A tool.\n---\nAsk for 1.0.\n";
const OTHER_HEX = "0".repeat(64);

async function codesOf(clone: Clone): Promise<{ status: number | null; codes: string[] }> {
  const args = ["check", "--root", clone.path, "--changed-from", "origin/main", "--json"];
  const { status, stdout } = await runCli(args);
  const { findings } = JSON.parse(stdout) as { findings: { code: string; file: string }[] };
  return { status, codes: findings.map(({ code, file }) => `${code} ${file}`) };
}

describe("stowage check --changed-from", () => {
  test("refuses another image of the same recipe", async () => {
    const clone = remoteOf({
      [`${TOOL}/README.md`]: README,
      [`${TAGS}/1.0/Singularity`]: DEFINITION,
      [`${TAGS}/1.0/README.md`]: record2(),
    }).clone();
    clone.commit({ [`${TAGS}/1.0/README.md`]: record2().replaceAll(HEX, OTHER_HEX) });
    expect(await codesOf(clone)).toEqual({ status: 1, codes: [`record-changed ${TAGS}/1.0/README.md`] });
    clone.commit({ [`${TAGS}/1.0/Singularity`]: `${DEFINITION}# changed\n` });
    expect(await codesOf(clone)).toEqual({ status: 0, codes: [] });
  });

  test("tells of its own files alone, and of a record that contradicts one which was there", async () => {
    const url = "https://storage.example.org/tool.sif";
    const clone = remoteOf({
      "registry/lab/old/manifests/1/Singularity": "Bootstrap: docker\nFrom: ubuntu\nBad: key\n",
      [`${TOOL}/README.md`]: README,
      [`${TAGS}/2.0/README.md`]: record2("", url),
    }).clone();
    clone.commit({ [`${TAGS}/1.0/README.md`]: record2("", url).replaceAll(HEX, OTHER_HEX) });
    expect(await codesOf(clone)).toEqual({ status: 1, codes: [`image-conflict ${TAGS}/1.0/README.md`] });
  });
});
