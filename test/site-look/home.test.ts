import { describe, expect, test } from "vitest";
import { newRecipeLink } from "../../src/site/new-recipe-link.ts";
import { CHECKED_FILES } from "../health-site/support.ts";
import { LISTED, built, builtTag, recordOf, waitingTag } from "./support.ts";

const numbersOf = (html: string) =>
  [...html.matchAll(/<li><a href="([^"]+)"><strong>([^<]+)<\/strong> ([^<]+)<\/a><\/li>/g)].map(
    ([, href, value, label]) => `${value} ${label} → ${href}`,
  );

describe("the first page", () => {
  test("has four numbers that lead on", async () => {
    expect(numbersOf((await built(LISTED))("index.html"))).toEqual([
      "5 collections → /r/collections/",
      "5 tags built → /r/collections/by-updated/",
      "10.2 GiB of images → /r/sizes/",
      "1 to build → #waiting-heading",
    ]);
  });

  test("counts an image once that several tags have", async () => {
    const same = recordOf(1, "2026-01-01T00:00:00Z");
    const read = await built({ ...builtTag("lab/tool:1.0", same), ...builtTag("lab/tool:latest", same) });
    expect(numbersOf(read("index.html"))).toContain("1.0 MiB of images → /r/sizes/");
  });

  test("tells of what fails rather than of what waits", async () => {
    const html = (await built(CHECKED_FILES))("index.html");
    expect(numbersOf(html)).toContain("2 failing → /r/health/");
    expect(html).toContain('<a href="/r/health/">Health</a>');
  });

  test("shows the newest eight images, whatever time zone their records are in", async () => {
    const files = Array.from({ length: 9 }, (_, index) =>
      builtTag(`lab/t${index}:1.0`, recordOf(index, `2026-01-0${index + 1}T00:00:00Z`)),
    );
    const late = builtTag("lab/late:1.0", recordOf(10, "2026-01-08T23:30:00-01:00"));
    const html = (await built(Object.assign({}, ...files, late) as typeof late))("index.html");
    const names = [...html.matchAll(/<tr><th scope="row"><a href="[^"]*">([^<]*)</g)].map(([, name]) => name);
    expect(names).toEqual(
      ["late", "t8", "t7", "t6", "t5", "t4", "t3", "t2"].map((name) => `lab/${name}:1.0`),
    );
  });

  test("names eight tags that wait, and says how many more do", async () => {
    const files = Array.from({ length: 10 }, (_, index) => waitingTag(`lab/t${index}:1.0`));
    const html = (await built(Object.assign({}, ...files) as Record<string, string>))("index.html");
    expect(html).toContain("lab/t7:1.0</a> and 2 more</p>");
  });

  test("shows a pull line that works, with the tag it is of", async () => {
    const html = (await built(LISTED))("index.html");
    expect(html).toContain('<a href="/r/lab/beta/tags/1.10/">lab/beta:1.10</a>:');
    expect(html).toContain("<code>apptainer pull beta_1.10.sif ");
    expect(html).toContain("curl -sL https://lab.org/r/lab/beta/manifests/1.10/ | jq");
  });

  test("leads to the forge's page for a new file, and is silent where nothing is built", async () => {
    const files = { ...LISTED, "registry.yml": "repository: https://github.com/lab/registry\n" };
    expect((await built(files))("index.html")).toMatch(
      /<a href="https:\/\/github\.com\/lab\/registry\/new\/HEAD\?filename=registry%2F[^"]+">new recipe on GitHub<\/a>/,
    );
    const none = { ...LISTED, "registry.yml": "builder: { kind: none }\n" };
    expect((await built(none))("index.html")).not.toContain("Publish");
  });
});

describe("a new recipe", () => {
  test.each([
    [
      "https://github.com/lab/registry.git",
      "registry",
      "https://github.com/lab/registry/new/HEAD?filename=registry%2Fmy-namespace%2F",
    ],
    [
      "https://github.com/lab/registry/",
      ".",
      "https://github.com/lab/registry/new/HEAD?filename=my-namespace%2F",
    ],
    [
      "https://gitlab.com/a/b/c",
      "images",
      "https://gitlab.com/a/b/c/-/new/HEAD?file_name=images%2Fmy-namespace%2F",
    ],
    ["https://gitlab.example.org/a/b", "registry", "https://gitlab.example.org/a/b/-/new/HEAD?file_name="],
  ])("in %s, tree %s, is begun at %s…", (repository, tree, address) => {
    const href = newRecipeLink(repository, tree)?.href ?? "";
    expect(href.slice(0, address.length)).toBe(address);
  });

  test.each([undefined, "https://git.example.org/lab/registry", "https://notgithub.com/a/b"])(
    "has no page of its own in %s",
    (repository) => expect(newRecipeLink(repository, "registry")).toBeUndefined(),
  );
});

describe("what every page says of itself", () => {
  const metaOf = (html: string) =>
    Object.fromEntries(
      [...html.matchAll(/<meta property="(og:[a-z_]+)" content="([^"]*)">/g)].map(([, key, value]) => [
        key,
        value,
      ]),
    );

  test("has its address, title and description for who links it", async () => {
    const read = await built(LISTED);
    const html = read("lab/beta/index.html");
    expect(html).toContain('<link rel="canonical" href="https://lab.org/r/lab/beta/">');
    expect(html).toContain('<meta name="description" content="Second &lt;letter&gt;.">');
    expect(metaOf(html)).toEqual({
      "og:title": "lab/beta",
      "og:description": "Second &lt;letter&gt;.",
      "og:image": "https://lab.org/r/cards/lab/beta.png",
      "og:url": "https://lab.org/r/lab/beta/",
      "og:type": "website",
      "og:site_name": "Container registry",
    });
    expect(metaOf(read("index.html"))["og:url"]).toBe("https://lab.org/r/");
    expect(metaOf(read("404.html"))).toEqual({});
  });

  test("names no address that nobody knows", async () => {
    const read = await built(LISTED, "");
    expect(read("index.html")).not.toMatch(/canonical|og:|ld\+json/);
  });

  test("is data in the first page that no text can end", async () => {
    const title = "</script><script>alert(1)</script>";
    const html = (await built({ ...LISTED, "registry.yml": `title: ${JSON.stringify(title)}\n` }))(
      "index.html",
    );
    const [, data = ""] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(html) ?? [];
    expect(JSON.parse(data)).toMatchObject({
      "@type": "DataCatalog",
      name: title,
      url: "https://lab.org/r/",
      potentialAction: { target: "https://lab.org/r/search/?q={query}" },
    });
  });

  test("marks where it is in the header, and has a search box that needs no script", async () => {
    const read = await built(LISTED);
    expect(read("collections/index.html")).toContain(
      '<a href="/r/collections/" aria-current="page">Collections</a>',
    );
    expect(read("collections/by-size/index.html")).toContain(
      '<a href="/r/collections/" aria-current="true">',
    );
    expect(read("lab/index.html")).toContain('<a href="/r/collections/">Collections</a>');
    expect(read("lab/index.html")).toMatch(
      /<form id="site-search"[^>]* action="\/r\/search\/">[^]*<input [^>]*name="q"/,
    );
  });
});
