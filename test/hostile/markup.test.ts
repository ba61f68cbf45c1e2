import { describe, expect, test } from "vitest";
import { DEFINITION, HEX, record2 } from "../support/registry.ts";
import { dangersIn, expectHarmless, places, siteOf, tagsOf, textsOf } from "./support.ts";

const { stringify } = JSON;

function readmeOf(markdown: string): Promise<Awaited<ReturnType<typeof siteOf>>> {
  return siteOf({
    "registry/bad/one/README.md": markdown,
    "registry/bad/one/manifests/latest/Singularity": DEFINITION,
  });
}

describe("raw HTML in a README", () => {
  const HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    '<img src=x onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<base href=https://evil.example/>",
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "<form action=https://evil.example/><button>x</button></form>",
    "</section></main></body></html><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script><!-- -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php evil() ?>",
    "<details open ontoggle=alert(1)>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
  ];

  test.each(HTML)("%s shows as text", async (html) => {
    const { out, read, findings } = await readmeOf(`${html}\n`);
    expectHarmless(out);
    const [start = ""] = html.split(/[\s"'/]/, 1);
    expect(read("bad/one/index.html")).toContain(
      `<p>${start.replaceAll("<", "&lt;").replaceAll(">", "&gt;")}`,
    );
    expect(findings).toEqual([]);
  });

  test("is text in headings, tables, code, titles and alternative texts too", async () => {
    const evil = '"><img src=x onerror=alert(1)>';
    const { out } = await readmeOf(
      [
        `# ${evil} {onclick=x #id .class}`,
        `| ${evil} |\n|---|\n| ${evil} |`,
        `~~~${evil}\n${evil}\n~~~`,
        `\`${evil}\``,
        `[${evil}](https://example.org/${evil} '${evil}')`,
        `[x](https://example.org "\\" onmouseover=\\"alert(1)")`,
        `![${evil}](https://example.org/x.png "${evil}")`,
        `<https://example.org/${evil}>`,
        `https://example.org/${evil}`,
        `[ref]: https://example.org/${evil}\n\n[ref]`,
        "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x3c;script&#x3e;",
      ].join("\n\n"),
    );
    expectHarmless(out);
  });

  test("makes no id that is the page's own", async () => {
    const { read } = await readmeOf(
      "# content\n\n# tags-heading\n\n# __proto__\n\n# constructor\n\n# location\n",
    );
    const ids = tagsOf(read("bad/one/index.html")).flatMap(({ attributes }) => attributes["id"] ?? []);
    expect(ids).toEqual([...new Set(ids)]);
    expect(ids.filter((id) => id.startsWith("readme-") && id !== "readme-heading")).toHaveLength(5);
    expect(ids).not.toContain("location");
  });
});

describe("links in a README", () => {
  const ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "&#1;javascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript\\:alert(1)",
    "vbscript:alert(1)",
    "VBScript:alert(1)",
    "file:///etc/passwd",
    "data:text/html,alert(1)",
    "DATA:text/html;base64,PHNjcmlwdD4=",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "&#100;ata:text/html,x",
  ];

  test.each([...ADDRESSES, "data:image/png;base64,AAAA", "Data:image/gif;base64,AAAA"])(
    "%s leads nowhere, however the link is written",
    async (address) => {
      const { out, read } = await readmeOf(
        [
          `[inline](${address})`,
          `[pointed](<${address}>)`,
          `[titled](${address} "title")`,
          `![picture](${address})`,
          `[![both](${address})](${address})`,
          `<${address}>`,
          address,
          `[full][ref] and [ref] and [ref][]`,
          `[ref]: ${address}`,
        ].join("\n\n"),
      );
      expect(dangersIn(read("bad/one/index.html"))).toEqual([]);
      expectHarmless(out);
    },
  );

  test("carry nofollow, and a picture is a link that loads nothing", async () => {
    const { read } = await readmeOf("[a](https://example.org) ![b](https://example.org/pixel.png)\n");
    const tags = tagsOf(read("bad/one/index.html"));
    const links = tags.filter(({ attributes }) => attributes["href"]?.startsWith("https://example.org"));
    expect(links.map(({ attributes }) => attributes["rel"])).toEqual(["nofollow ugc", "nofollow ugc"]);
    const pictures = tags.filter(({ name }) => name === "img").map(({ attributes }) => attributes["src"]);
    expect(pictures).toEqual(["/assets/icon.svg", "/badges/bad/one.svg"]);
  });
});

describe("values that try to leave their place", () => {
  const VALUES = [
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "]]></dd><!-- -->",
    '\\u003cscript\\u003e \\" \u2028 \u2029 \\',
    "&lt;script&gt; &amp; &quot;",
    "`; $(touch x) ; '",
  ];

  test.each(VALUES)("%s stays text in HTML and whole in JSON", async (value) => {
    const text = stringify(value);
    const { out, read, findings } = await siteOf({
      "registry.yml": `title: ${text}\ndescription: ${text}\ncontact: ${text}\n`,
      "registry/bad/one/README.md": `---\ndescription: ${text}\nlicense: ${text}\nowners: [${text}]\ntopics: [${text}]\ndeprecated: ${text}\n---\n`,
      "registry/bad/one/manifests/latest/Singularity": `${value}\n%post ${value}\nFrom: ${value}\n`,
      "registry/bad/one/manifests/latest/README.md": record2(
        `labels:\n  ${text}: ${text}\nbuilder: {name: ${text}, version: ${text}}\nsource: {repository: https://example.org/, revision: ${text}}\n`,
      ),
    });
    expect(findings).toEqual([]);
    expectHarmless(out);
    const page = read("bad/one/index.html");
    expect(tagsOf(page)).toContainEqual({
      name: "meta",
      attributes: { name: "description", content: value },
    });
    expect(textsOf(page).filter((shown) => shown === value.trim()).length).toBeGreaterThanOrEqual(5);
    expect(textsOf(read("bad/one/tags/latest/index.html"))).toContain(value.trim());
    expect(JSON.parse(read("api/v1/collections/bad/one.json"))).toMatchObject({
      description: value,
      license: value,
      owners: [value],
      topics: [value],
      deprecated: value,
      tags: [{ labels: { [value]: value }, builder: { name: value } }],
    });
    expect(JSON.parse(read("api/v1/index.json"))).toMatchObject({ title: value, contact: value });
  });

  test.each([
    `https://example.org/">x`,
    "https://example.org/<script>",
    "javascript:alert(1)",
    "data:text/html,x",
    "//example.org/x.sif",
    "../../secret.sif",
    "images/sha256/../../secret.sif",
    "file:///etc/passwd",
    "https://example.org/a b",
    "https://example.org/\\nx",
  ])("the address %s is no image, and withholds the tag", async (url) => {
    const { out, findings } = await siteOf({
      "registry/bad/one/manifests/1.0/README.md": record2("", stringify(url).replaceAll("\\\\", "\\")),
      "registry/bad/one/manifests/2.0/Singularity": DEFINITION,
    });
    expect(places(findings)).toEqual(["registry/bad/one/manifests/1.0/README.md:10 bad-record"]);
    expectHarmless(out);
  });

  test("an address with quotes and a substitution is one word to a shell", async () => {
    const url = "https://example.org/'$(touch${IFS}x)';x";
    const allowed = "https://example.org/'$(touch)';x";
    const { read, findings } = await siteOf({
      "registry/bad/one/manifests/1.0/README.md": record2("", stringify(url)),
      "registry/bad/one/manifests/2.0/README.md": record2("", stringify(allowed)),
    });
    expect(places(findings)).toEqual(["registry/bad/one/manifests/1.0/README.md:10 bad-record"]);
    const quoted = `'https://example.org/'\\''$(touch)'\\'';x'`;
    expect(textsOf(read("bad/one/index.html"))).toContain(`apptainer pull one_2.0.sif ${quoted}`);
    expect(read("bad/one/manifests/2.0/index.json")).toContain(HEX);
  });
});
