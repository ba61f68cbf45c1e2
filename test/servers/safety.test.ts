import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFiles } from "../support/registry.ts";
import { describePlaces } from "../support/served-place.ts";

/*
 * What these servers may not answer, whatever is asked.
 */

describePlaces((site) => {
  const { server, basePath } = site;

  test("keeps what is hidden, and what is outside of the site", async () => {
    writeFiles(site.folder, {
      "secret.txt": "secret",
      "srv/other/secret.txt": "secret",
      "srv/secret.txt": "secret",
    });
    writeFiles(site.directory, { ".git/config": "secret", ".hidden": "secret", "vanessa/.env": "secret" });
    const below = [
      "_headers",
      "_redirects",
      "%5fheaders",
      "_redirect%73",
      ".stowage-site",
      ".nojekyll",
      ".hidden",
      "%2ehidden",
      ".git/",
      ".git",
      ".git/config",
      "vanessa/.env",
      "vanessa/%2Eenv",
      "../secret.txt",
      "../other/secret.txt",
      "../../secret.txt",
      "..%2fsecret.txt",
      "%2e%2e/secret.txt",
      "%2e%2e%2fsecret.txt",
      "vanessa/../../secret.txt",
      "vanessa/..%2f..%2fsecret.txt",
      "..%5csecret.txt",
      "..\\secret.txt",
      ".../secret.txt",
      "./../secret.txt",
    ].map((path) => basePath + path);
    for (const path of [...below, "/secret.txt", "/other/secret.txt", "/other/", "/other"]) {
      const { status, body } = await site.ask(path);
      // A path that leads above the root is a bad one to nginx.
      expect([path, [404, ...(/\.\.|%2e%2e/.test(path) ? [400] : [])]]).toEqual([
        path,
        expect.arrayContaining([status]),
      ]);
      expect(body.toString()).not.toContain("secret");
    }
  });

  // Caddy follows them.
  const links =
    server.program === "nginx"
      ? [
          { link: "link.txt", target: "secret.txt", paths: ["link.txt"] },
          { link: "link", target: "", paths: ["link/secret.txt", "link/", "link/srv/registry/index.html"] },
        ]
      : [];
  test.each(links)("follows no symbolic link: $link", async ({ link, target, paths }) => {
    writeFiles(site.folder, { "secret.txt": "secret" });
    symlinkSync(join(site.folder, target), join(site.directory, link));
    for (const path of paths) {
      expect([path, (await site.ask(basePath + path)).status]).toEqual([path, 404]);
    }
  });

  test("redirects to no other host, whatever the request says about its own", async () => {
    mkdirSync(join(site.directory, "example.org"));
    const headers = { Host: "proxy.example.org" };
    const there = await site.ask(`${basePath}vanessa`, { headers });
    expect([there.status, there.headers.location]).toEqual([301, `${basePath}vanessa/`]);
    for (const path of [
      "//example.org",
      "///example.org",
      `/${basePath}vanessa`,
      "/%2fexample.org",
      "/\\example.org",
    ]) {
      const { location = "/" } = (await site.ask(path, { headers })).headers;
      expect([path, new URL(location, "http://site").origin]).toEqual([path, "http://site"]);
    }
  });
});
