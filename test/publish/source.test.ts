import { describe, expect, test } from "vitest";
import { sourceOf, webAddress } from "../../src/publish/source.ts";

describe("where a repository can be seen", () => {
  test.each([
    ["https://github.com/lab/registry.git", "https://github.com/lab/registry"],
    ["https://x-access-token:s3cret@github.com/lab/registry", "https://github.com/lab/registry"],
    ["git@github.com:lab/registry.git", "https://github.com/lab/registry"],
    [
      "ssh://git@gitlab.example.org/lab/deeper/registry.git",
      "https://gitlab.example.org/lab/deeper/registry",
    ],
    ["https://forge.example.org:8443/lab/registry/", "https://forge.example.org:8443/lab/registry"],
  ])("%s", (remote, address) => expect(webAddress(remote)).toBe(address));

  test.each([
    "/srv/registry.git",
    "http://github.com/lab/registry",
    "https://github.com/a b",
    "file:///x",
    "",
    "git@x",
  ])("%j says nothing", (remote) => expect(webAddress(remote)).toBeUndefined());
});

describe("what was built", () => {
  test("is the repository and commit of a workflow on GitHub", () => {
    const env = {
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_REPOSITORY: "lab/registry",
      GITHUB_SHA: "abc",
    };
    expect(sourceOf(env)).toEqual({ repository: "https://github.com/lab/registry", revision: "abc" });
  });

  test("is the repository and commit of a job on CircleCI", () => {
    const env = { CIRCLE_REPOSITORY_URL: "git@github.com:lab/registry.git", CIRCLE_SHA1: "def" };
    expect(sourceOf(env)).toEqual({ repository: "https://github.com/lab/registry", revision: "def" });
  });

  test("is not known anywhere else", () => expect(sourceOf({})).toBeUndefined());
});
