import { expect, test } from "vitest";
import { forgeLink } from "../../src/site/forge.ts";

test.each([
  ["https://github.com/lab/registry", "GitHub", "https://github.com/lab/registry/blob/HEAD/a/b%2Bc"],
  ["https://github.com/lab/registry.git", "GitHub", "https://github.com/lab/registry/blob/HEAD/a/b%2Bc"],
  ["https://gitlab.com/a/b/c/", "GitLab", "https://gitlab.com/a/b/c/-/blob/HEAD/a/b%2Bc"],
  ["https://gitlab.lab.org/a/b", "GitLab", "https://gitlab.lab.org/a/b/-/blob/HEAD/a/b%2Bc"],
  [
    "https://codeberg.org/lab/registry",
    "Codeberg",
    "https://codeberg.org/lab/registry/src/branch/HEAD/a/b%2Bc",
  ],
  ["https://gitea.lab.org:3000/lab/r", "Gitea", "https://gitea.lab.org:3000/lab/r/src/branch/HEAD/a/b%2Bc"],
])("%s is at %s", (repository, name, href) => {
  expect(forgeLink(repository, "a/b+c", "file")).toEqual({ name, href });
});

test.each([
  [undefined],
  ["https://git.example.org/lab/registry"],
  ["https://github.com.evil.org/lab/registry"],
  ["https://github.com/lab"],
  ["https://github.com/lab/registry/tree/main"],
  ["https://gitlab.com/a/b/-/tree/main"],
  ["http://github.com/lab/registry"],
  ["git@github.com:lab/registry"],
])("nobody is led to a forge by %s", (repository) => {
  expect(forgeLink(repository, "a", "file")).toBeUndefined();
});

test("a tree that lies elsewhere is on no forge", () => {
  expect(forgeLink("https://github.com/lab/registry", "/srv/tree/a", "file")).toBeUndefined();
});
