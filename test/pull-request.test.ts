import { afterEach, beforeEach, expect, test } from "vitest";
import { type PullRequestOptions, openPullRequest } from "../src/publish/pull-request.ts";
import { type GithubServer, REPOSITORY, TOKEN, startGithub } from "./support/github-server.ts";

let github: GithubServer;
beforeEach(async () => {
  github = await startGithub();
});
afterEach(() => github.stop());

const propose = (options: Partial<PullRequestOptions> = {}) =>
  openPullRequest({
    api: github.url,
    repository: REPOSITORY,
    token: TOKEN,
    head: "update/ns/tool",
    base: "main",
    title: "Add ns/tool:latest",
    body: "A record.",
    ...options,
  });

test("opens a pull request", async () => {
  const pull = await propose();
  expect(pull).toEqual({ url: `${github.url}/${REPOSITORY}/pull/1`, number: 1, isNew: true });
  expect(github.pulls).toMatchObject([
    { head: "lab:update/ns/tool", base: "main", title: "Add ns/tool:latest", body: "A record." },
  ]);
});

test("renews the one that is open for the branch", async () => {
  const first = await propose();
  const second = await propose({ title: "Add two", body: "Two records." });
  expect(second).toEqual({ ...first, isNew: false });
  expect(github.pulls).toMatchObject([{ title: "Add two", body: "Two records." }]);
});

test("leaves other pull requests alone, however many pages there are", async () => {
  github.pageSize = 2;
  for (const name of ["a", "b", "c", "update/ns", "update/ns/tool2"]) github.openPull(`lab:${name}`);
  github.openPull("stranger:update/ns/tool");
  github.openPull("lab:update/ns/tool", "release");
  const closed = github.openPull("lab:update/ns/tool");
  closed.isOpen = false;
  expect(await propose()).toMatchObject({ isNew: true });
  expect(github.pulls.filter(({ title }) => title !== "")).toHaveLength(1);
});

test("finds the one that somebody else opened meanwhile", async () => {
  github.beforeCreating = () => github.openPull("lab:update/ns/tool");
  expect(await propose()).toMatchObject({ number: 1, isNew: false });
  expect(github.pulls).toMatchObject([{ title: "Add ns/tool:latest" }]);
});

test("proposes a fork's branch", async () => {
  await propose({ head: "contributor:update/ns/tool" });
  expect(await propose({ head: "contributor:update/ns/tool" })).toMatchObject({ isNew: false });
  expect(github.pulls).toMatchObject([{ head: "contributor:update/ns/tool" }]);
});

test("carries a stranger's text as it is, no longer than GitHub takes it", async () => {
  const hostile = "$(touch hacked) ${{ github.token }} \"';&& \u0000\n<script>";
  await propose({ title: hostile + "t".repeat(1000), body: hostile + "b".repeat(100_000) });
  const [{ title, body } = {}] = github.pulls;
  expect(String(title)).toHaveLength(256);
  expect(String(title).startsWith(hostile)).toBe(true);
  expect(String(body)).toHaveLength(65_536);
});

test("says that a branch has nothing new", async () => {
  github.branchesWithoutCommits.add("lab:update/ns/tool");
  await expect(propose()).rejects.toMatchObject({
    code: "github",
    message: "lab/registry: update/ns/tool has no commits that main lacks; there is nothing to propose",
  });
});

test("says which permission the token lacks", async () => {
  github.readOnly = true;
  await expect(propose()).rejects.toMatchObject({
    code: "github",
    message: expect.stringMatching(/Resource not accessible by integration.*pull requests: write/),
  });
});

test("says that the token is wrong, without saying the token", async () => {
  const error: unknown = await propose({ token: "ghs_wrong" }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: "github",
    message: expect.stringContaining("the token in GITHUB_TOKEN is wrong"),
  });
  expect(String(error)).not.toContain("ghs_wrong");
});

test.for([403, 429] as const)("comes back when it was told to wait with %i", async (status) => {
  github.limits = [status, status];
  await propose();
  github.limits = [status];
  await propose({ title: "again" });
  expect(github.pulls).toMatchObject([{ title: "again" }]);
});

test.for(["lab", "lab/registry/../other", "lab/registry?x", "https://github.com/lab/registry"])(
  "refuses %s as a repository's name",
  async (repository) => {
    await expect(propose({ repository })).rejects.toThrow("expected owner/name");
    expect(github.requests).toEqual([]);
  },
);
