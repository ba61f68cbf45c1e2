import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { type ServedPlace, describePlaces, expectAsPreviewed } from "../support/served-place.ts";
import { HOSTILE_TARGETS, KEPT, REFERENCES, TOO_LONG_FOR_NGINX } from "../support/served-registry.ts";
import type { WebServer } from "../support/web-server.ts";

/*
 * What the preview says about `--as server` has to be what these servers answer, for every path of a site.
 */

describePlaces((site) => {
  const { server, basePath } = site;

  test("answers every file as the preview does", async () => {
    const paths = site.paths();
    expect(paths.length).toBeGreaterThan(200);
    await expectAsPreviewed(site, paths);
  });

  test("answers every folder, and redirects to it", async () => {
    const asked = folders(site);
    await expectAsPreviewed(site, [basePath, ...asked.map((path) => `${path}/`)]);
    await expectAsPreviewed(site, asked);
    const below = asked.filter((path) => path.length > basePath.length);
    await expectAsPreviewed(
      site,
      below.map((path) => `${path}?a=b&c=%20`),
    );
  });

  test("answers HEAD as GET, without a body", async () => {
    const indexes = folders(site).map((path) => `${path}/`);
    for (const path of [...site.paths(), ...indexes, `${basePath}nothing`]) {
      const get = await site.ask(path);
      const head = await site.ask(path, { method: "HEAD" });
      expect([path, head.status, head.headers["content-type"]]).toEqual([
        path,
        get.status,
        get.headers["content-type"],
      ]);
      expect([path, head.headers["content-length"]]).toEqual([path, String(get.body.length)]);
      expect(head.body.length).toBe(0);
    }
  });

  test("understands percent-encoded paths", async () => {
    for (const path of site.paths()) {
      const plain = await site.gist(path);
      expect({ path, ...(await site.gist(encodeAll(path, basePath))) }).toEqual({ path, ...plain });
    }
  });

  test("obeys every redirect, also percent-encoded, and leaves its target as it is", async () => {
    const rules = redirects(site);
    expect(rules.length).toBeGreaterThan((REFERENCES.length + HOSTILE_TARGETS.length) * 2);
    for (const [from = "", to = ""] of rules) {
      for (const path of [from, encodeAll(from, basePath)]) {
        for (const method of ["GET", "HEAD"]) {
          const { status, headers } = await site.ask(path, { method });
          const target = Buffer.from(headers.location ?? "", "latin1").toString();
          expect({ path, status, target }).toEqual({ path, ...redirectTo(to, server) });
          expect(headers["access-control-allow-origin"]).toBe("*");
        }
      }
    }
  });

  test("tells upper case from lower case", async () => {
    const differing = redirects(site).map(([from = ""]) => from.replace("far/", "FAR/"));
    await expectAsPreviewed(
      site,
      differing.filter((path) => path.includes("FAR/")),
    );
    await expectAsPreviewed(site, [`${basePath}V2/`, `${basePath}Version`, `${basePath}VERSION`]);
  });

  test("answers 404 with the site's own page", async () => {
    const missing = [
      "nothing",
      "nothing/at/all.html",
      "api/container/nobody/tool:1",
      "v1/images/nobody/tool:1",
      "v1/imagefile/nobody/tool:1",
      "v1/oci-redirect",
      "v2/nobody/tool/manifests/1",
      "v2/nobody/tool/blobs/sha256:00",
      "pks/add",
      "images/",
      "index.html/",
      "vanessa/greeting/nothing.def",
      "images/sha256/nothing.sif",
    ].map((path) => basePath + path);
    await expectAsPreviewed(site, missing);
  });

  const outside =
    basePath === "/" ? [] : ["/registry", "/", "/vanessa/", "/registryvanessa/", "/index.html", "/registr"];
  test.each(outside)("leaves alone what is not below the base path: %s", async (path) => {
    await expectAsPreviewed(site, [path]);
  });

  test("serves parts of an image, and of one under another name", async () => {
    const image = `${basePath}images/sha256/${KEPT.sha256}.sif`;
    for (const path of [image, `${basePath}v1/imagefile/vanessa/greeting:1.0`]) {
      const part = await site.ask(path, { headers: { Range: "bytes=10-19", "Accept-Encoding": "gzip" } });
      expect([part.status, part.headers["content-range"]]).toEqual([206, `bytes 10-19/${KEPT.bytes.length}`]);
      expect(part.body).toEqual(KEPT.bytes.subarray(10, 20));
      const beyond = await site.ask(path, { headers: { Range: "bytes=99999999-" } });
      expect([beyond.status, beyond.headers["access-control-allow-origin"]]).toEqual([416, "*"]);
    }
  });

  test("compresses text and JSON, and no image", async () => {
    const headers = { "Accept-Encoding": "gzip" };
    for (const path of ["vanessa/greeting/", "assets/style.css", "api/v1/collections.json", "v1/search"]) {
      const plain = await site.ask(basePath + path);
      const { headers: got, body } = await site.ask(basePath + path, { headers });
      expect([path, got["content-encoding"], got.vary]).toEqual([path, "gzip", "Accept-Encoding"]);
      expect(gunzipSync(body).equals(plain.body)).toBe(true);
    }
    for (const path of [`images/sha256/${KEPT.sha256}.sif`, "v1/imagefile/vanessa/greeting:1.0"]) {
      const { headers: got, body } = await site.ask(basePath + path, { headers });
      expect([path, got["content-encoding"]]).toEqual([path, undefined]);
      expect(body.equals(KEPT.bytes)).toBe(true);
    }
  });

  test("answers 304 to who has the file already", async () => {
    const path = `${basePath}vanessa/greeting/tags/`;
    const { headers } = await site.ask(path);
    const again = await site.ask(path, { headers: { "If-None-Match": String(headers.etag) } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});

/** Without a slash at the end. */
function folders(site: ServedPlace): string[] {
  const above = site
    .paths()
    .flatMap((path) => path.split("/").map((_, index, parts) => parts.slice(0, index).join("/")));
  return [...new Set(above)].filter((path) => path.length >= site.basePath.length);
}

function redirects({ directory }: ServedPlace): string[][] {
  const lines = readFileSync(join(directory, "_redirects"), "utf8").trim().split("\n");
  return lines.map((line) => line.split(" "));
}

/** Every character below the base path that a client need not encode, encoded; slashes are not. */
function encodeAll(path: string, basePath: string): string {
  const encoded = path
    .slice(basePath.length - 1)
    .replaceAll(/[:+@._]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return basePath.slice(0, -1) + encoded;
}

/** What a server makes of a target: nginx would take a `$` for a variable. */
function redirectTo(target: string, { program }: WebServer): { status: number; target: string } {
  if (program !== "nginx") return { status: 302, target };
  if (target === TOO_LONG_FOR_NGINX) return { status: 404, target: "" };
  return { status: 302, target: target.replaceAll("$", "%24") };
}
