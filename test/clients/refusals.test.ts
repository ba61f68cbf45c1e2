import { describe, expect, test } from "vitest";
import type { HostName } from "../../src/host.ts";
import { isRefusal } from "../../src/protocols/pull-line.ts";
import { lineInSpiteOf, newUser, because, wayTo, whyNo } from "../support/clients.ts";
import { imagesUnless, legacyRecordOf, recordOf, registryFiles } from "../support/image-building.ts";
import { newCertificate, serveSite, serveStorage, whyNoPort80 } from "../support/serving.ts";

const reason = whyNo("apptainer", "oras", "openssl") ?? (await whyNoPort80());
const [image] = await imagesUnless(reason, "hello");

/** Where the image of a tag lies: in the registry, or in a storage that its record knows more or less about. */
type Lies = "here" | "elsewhere" | "elsewhere by https" | "elsewhere, with an md5 alone";

/** A refusal, and what the client says or does about the same. */
interface Refusal {
  readonly what: string;
  readonly way: string;
  readonly reference: string;
  readonly host?: HostName;
  readonly basePath?: string;
  readonly isOnAnyPort?: boolean;
  readonly lies?: Lies;
  /** What the site tells people. */
  readonly told: RegExp;
  /** What the client says when it is asked in spite of that. */
  readonly says: RegExp;
}

const LONG = "l".repeat(65);
const NOT_A_SHUB_NAME = { told: /^(?:in )?a shub:\/\/ address/, says: /Invalid shub URI/ };
const NOT_AN_OCI_NAME = { told: /^an OCI (?:name|tag) has/, says: /could not parse reference/ };
const NOT_STRICT = { told: /between letters and digits only/, says: /invalid reference/ };

const REFUSALS: readonly Refusal[] = [
  { what: "a dot in a namespace", way: "shub://", reference: "a.b/tool:1", ...NOT_A_SHUB_NAME },
  { what: "an underscore in a namespace", way: "shub://", reference: "a_b/tool:1", ...NOT_A_SHUB_NAME },
  { what: "a plus in a name", way: "shub://", reference: "lab/c++:1", ...NOT_A_SHUB_NAME },
  { what: "a plus in a tag", way: "shub://", reference: "lab/tool:1+cuda", ...NOT_A_SHUB_NAME },
  { what: "65 characters in a name", way: "shub://", reference: `lab/${LONG}:1`, ...NOT_A_SHUB_NAME },
  {
    what: "40 characters in a namespace",
    way: "shub://",
    reference: `${LONG.slice(0, 40)}/tool:1`,
    ...NOT_A_SHUB_NAME,
  },
  {
    what: "an underscore in the site's own path",
    way: "shub://",
    reference: "lab/tool:1",
    basePath: "/the_lab/",
    ...NOT_A_SHUB_NAME,
  },
  { what: "a port", way: "shub://", reference: "lab/tool:1", isOnAnyPort: true, ...NOT_A_SHUB_NAME },
  {
    what: "an image by https of a site by http",
    way: "shub://",
    reference: "lab/tool:1",
    lies: "elsewhere by https",
    told: /the site answers by http, and the image by https/,
    says: /no response received/,
  },
  { what: "a capital", way: "oras://", reference: "lab/Tool:1", ...NOT_AN_OCI_NAME },
  { what: "a plus in a name", way: "oras://", reference: "lab/c++:1", ...NOT_AN_OCI_NAME },
  { what: "a plus in a tag", way: "oras://", reference: "lab/tool:1+cuda", ...NOT_AN_OCI_NAME },
  {
    what: "a site below a path",
    way: "oras://",
    reference: "lab/tool:1",
    basePath: "/registry/",
    told: /clients ask at the root of a host, and this site is below \/registry\//,
    says: /404/,
  },
  {
    what: "an image elsewhere on a host without redirects",
    way: "oras://",
    reference: "lab/tool:1",
    host: "pages",
    lies: "elsewhere",
    told: /the image lies elsewhere, and GitHub Pages cannot redirect to it/,
    says: /404/,
  },
  {
    what: "an image whose sha256 nobody knows",
    way: "oras://",
    reference: "lab/tool:1",
    lies: "elsewhere, with an md5 alone",
    told: /no sha256/,
    says: /404/,
  },
  {
    what: "a capital",
    way: "oras",
    reference: "lab/Tool:1",
    told: /^an OCI name/,
    says: /invalid reference/,
  },
  { what: "two dots in a row", way: "oras", reference: "lab/two..dots:1", ...NOT_STRICT },
  { what: "a dash at the end", way: "oras", reference: "lab/name-:1", ...NOT_STRICT },
  {
    what: "a manifest without its Content-Type",
    way: "oras",
    reference: "lab/tool:1",
    host: "pages",
    told: /reads the Content-Type of a manifest, which GitHub Pages cannot set/,
    says: /^Error response from registry: sha256:\w+: not found/,
  },
  {
    what: "an image elsewhere on a host without redirects",
    way: "library://",
    reference: "lab/tool:1",
    host: "pages",
    lies: "elsewhere",
    told: /the image lies elsewhere, and GitHub Pages cannot redirect to it/,
    says: /image does not exist in the library/,
  },
  {
    what: "a plain address on a host that redirects to https alone",
    way: "library://",
    reference: "lab/tool:1",
    host: "cloudflare",
    lies: "elsewhere",
    told: /the image lies at http:\/\/, and Cloudflare Pages cannot redirect there/,
    says: /image does not exist in the library/,
  },
  {
    what: "a name of four parts",
    way: "library://",
    reference: "a/b/c/tool:1",
    told: /three parts/,
    says: /library URI containing host name/,
  },
  {
    what: "an image whose sha256 nobody knows",
    way: "library://",
    reference: "lab/tool:1",
    lies: "elsewhere, with an md5 alone",
    told: /no sha256/,
    says: /image does not exist in the library/,
  },
];

async function recordFor(lies: Lies): Promise<string> {
  if (lies === "here") return recordOf(image);
  const certificate = lies === "elsewhere by https" ? await newCertificate() : undefined;
  const url = `${await serveStorage({ "image.sif": image.bytes }, certificate)}/image.sif`;
  return lies === "elsewhere, with an md5 alone" ? legacyRecordOf(image, url) : recordOf(image, { url });
}

describe.skipIf(reason !== undefined)(`what people are told that they cannot have${because(reason)}`, () => {
  test.each(REFUSALS.map((refusal) => [refusal.way, refusal.what, refusal] as const))(
    "%s does not take %s",
    async (_, _what, refusal) => {
      const { way: name, reference, lies = "here", host = "server" } = refusal;
      const files = registryFiles({ [reference]: await recordFor(lies) }, [image]);
      const { basePath = "/", isOnAnyPort = false } = refusal;
      const site = await serveSite({ files, host, basePath, isOnAnyPort });
      const way = wayTo(site, reference, name);
      expect(isRefusal(way) ? way.reason : way.command).toMatch(refusal.told);

      const line = lineInSpiteOf({ way, reference, imageUrl: "", site });
      const { status, stderr } = await newUser().run(line ?? "no line");
      expect(status, stderr).not.toBe(0);
      expect(stderr).toMatch(refusal.says);
    },
  );
});
