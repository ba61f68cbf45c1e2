import fc from "fast-check";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { type HostName, hostProfile } from "../../src/host.ts";
import { createPreviewServer } from "../../src/site/preview-server.ts";
import { temporaryFolder } from "../support/registry.ts";
import { mutated, strangeText } from "./support.ts";

const SECRET = "the-secret-beside-the-site";

/** A site with a secret beside it and in its hidden files, served below a base path. */
async function serveSite(host: HostName): Promise<number> {
  const folder = temporaryFolder();
  const directory = join(folder, "_site");
  mkdirSync(join(directory, "a/.git"), { recursive: true });
  for (const path of ["secret", "_site/.secret", "_site/a/.git/config"])
    writeFileSync(join(folder, path), SECRET);
  for (const path of ["index.html", "a/index.html", "a/index.json"])
    writeFileSync(join(directory, path), "shown");
  const { server } = createPreviewServer({ directory, basePath: "/registry/", host: hostProfile(host) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** The whole answer to a request line as it stands. */
async function askFor(port: number, target: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return await text(socket);
}

test.each(["pages", "netlify", "cloudflare"] as const)(
  "whatever is asked of the preview of %s, it answers, and with files of the site alone",
  async (host) => {
    const port = await serveSite(host);
    expect(await askFor(port, "/registry/a/")).toContain("shown");
    const path = fc.oneof(
      mutated("/registry/a/../../secret"),
      mutated("/registry/a/.git/config?x#y"),
      mutated("/registry/%2e%2e/%2e%2e%2fsecret"),
      strangeText.map((word) => `/registry/${word}`),
    );
    await fc.assert(
      fc.asyncProperty(path, async (target) => {
        const answer = await askFor(port, target.replaceAll(/[\s\0]/g, "%20"));
        expect(answer).toMatch(/^HTTP\/1\.1 (?:200|301|302|304|307|308|400|403|404|405|414|416) /);
        expect(answer).not.toContain(SECRET);
      }),
      { numRuns: 400 },
    );
  },
);
