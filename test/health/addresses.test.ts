import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { HttpAsker } from "../../src/health/http-asker.ts";
import { PROJECT } from "../support/cli.ts";
import { temporaryFolder } from "../support/registry.ts";
import { checkRecords, recordAt } from "../support/remote-check.ts";
import { newCertificate } from "../support/serving.ts";
import { sendBytes, startStorage } from "../support/storage-server.ts";

const BYTES = Buffer.from("some bytes, of which the digest is known");

/** Where a server sends whoever asks for what. */
async function redirecting(locations: Readonly<Record<string, string>>) {
  return startStorage((request, response) => {
    const location = locations[request.url ?? ""];
    if (location === undefined) sendBytes(BYTES, request, response);
    else response.writeHead(302, { location }).end();
  });
}

const reasonsOf = async (url: string, options = {}) =>
  (await checkRecords({ "1.0": recordAt(url, BYTES) }, options)).findings.map(({ args }) => args["reason"]);

describe("a redirect", () => {
  test.each([301, 302, 303, 307, 308])("with status %d is followed, by HEAD", async (status) => {
    const server = await startStorage((request, response) => {
      if (request.url === "/new.sif") sendBytes(BYTES, request, response);
      else response.writeHead(status, { location: "/new.sif" }).end();
    });
    expect(await reasonsOf(`${server.url}/old.sif`)).toEqual([]);
    expect(server.requests).toEqual(["HEAD /old.sif", "HEAD /new.sif"]);
  });

  test("may be one of five, and not of six", async () => {
    const hops = Object.fromEntries(["/1", "/2", "/3", "/4", "/5"].map((path, i) => [path, `/${i + 2}`]));
    const server = await redirecting({ ...hops, "/0": "/1" });
    expect(await reasonsOf(`${server.url}/1`)).toEqual([]);
    expect(await reasonsOf(`${server.url}/0`)).toEqual(["it leads on more than 5 times"]);
  });

  test("to itself comes to an end", async () => {
    const server = await redirecting({ "/x": "/x" });
    expect(await reasonsOf(`${server.url}/x`)).toEqual(["it leads on more than 5 times"]);
    expect(server.requests).toHaveLength(6);
  });

  test.each([
    ["file:///etc/passwd", "it leads from http:// to file://"],
    ["ftp://example.org/x.sif", "it leads from http:// to ftp://"],
    ["data:,x", "it leads from http:// to data://"],
    ["http://[x/?signature=secret", "it leads to no address"],
  ])("to %s is refused", async (location, reason) => {
    const server = await redirecting({ "/x": location });
    expect(await reasonsOf(`${server.url}/x`)).toEqual([reason]);
  });

  test("tells no secret of where it leads", async () => {
    const other = await startStorage((_, response) => void response.writeHead(403).end());
    const server = await redirecting({
      "/x": `${other.url.replace("://", "://me:pass@")}/y?signature=secret`,
    });
    const { findings, health } = await checkRecords({ "1.0": recordAt(`${server.url}/x`, BYTES) });
    expect(findings).toHaveLength(1);
    expect(JSON.stringify([findings, health])).not.toMatch(/secret|pass/);
  });

  test("leads from https to https alone", async () => {
    const certificate = await newCertificate();
    const plain = await redirecting({});
    const secure = await startStorage((request, response) => {
      if (request.url === "/good.sif") sendBytes(BYTES, request, response);
      else response.writeHead(302, { location: request.url === "/a" ? "/good.sif" : `${plain.url}/x` }).end();
    }, certificate);
    // Which authorities are believed is settled when a process begins.
    const script = join(temporaryFolder(), "check.ts");
    writeFileSync(
      script,
      `import { HttpAsker } from ${JSON.stringify(join(PROJECT, "src/health/http-asker.ts"))};
      const asker = new HttpAsker({ perHost: 1, isPublicOnly: false });
      const said = async (path: string) => asker.ask("${secure.url}" + path, { head: true }).then(({ size }) => size, ({ message }) => message);
      Promise.all(["/a", "/b"].map(said)).then((all) => console.log(JSON.stringify(all))).finally(() => asker.close());`,
    );
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificate.file };
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script], {
      env,
      cwd: PROJECT,
    });
    expect(JSON.parse(stdout)).toEqual([BYTES.length, "it leads from https:// to http://"]);
    expect(plain.requests).toEqual([]);
  });

  test("from a server whose certificate nobody believes does not come about", async () => {
    const secure = await startStorage(() => {}, await newCertificate());
    expect(await reasonsOf(`${secure.url}/x`)).toEqual([expect.stringMatching(/certificate/)]);
    expect(secure.requests).toEqual([]);
  });
});

describe("an address inside a network", () => {
  test.each([
    "http://127.0.0.1:1/x.sif",
    "http://[::1]:1/x.sif",
    "http://[::ffff:127.0.0.1]:1/x.sif",
    "http://localhost:1/x.sif",
    "http://169.254.169.254/latest/meta-data/",
    "http://0x7f.1/x.sif",
    "oras://127.0.0.1:1/lab/tool:1.0",
    "oras://localhost:1/lab/tool:1.0",
  ])("is not asked: %s", async (url) => {
    const { findings, health } = await checkRecords(
      { "1.0": recordAt(url, BYTES) },
      {
        isPublicOnly: true,
        changed: new Set(["registry/lab/tool/manifests/1.0/README.md"]),
      },
    );
    expect(findings).toMatchObject([
      { code: "image-unreachable", args: { reason: expect.stringMatching(/inside a network/) as string } },
    ]);
    expect(health).toBeUndefined();
  });

  test("is not connected to, be it a name or a number", async () => {
    const inner = await redirecting({});
    const port = new URL(inner.url).port;
    const asker = new HttpAsker({ perHost: 1, isPublicOnly: true });
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      await expect(asker.ask(`http://${host}:${port}/x`, { head: true })).rejects.toThrow(/inside a network/);
    }
    await asker.close();
    expect(inner.connections).toBe(0);
  });

  test("is asked where that is allowed", async () => {
    const server = await redirecting({});
    expect(
      await reasonsOf(`${server.url.replace("127.0.0.1", "localhost")}/x`, { isPublicOnly: false }),
    ).toEqual([]);
  });

  test("and nothing is retried there", async () => {
    const start = performance.now();
    await reasonsOf("http://localhost:1/x.sif", { isPublicOnly: true, patience: undefined });
    expect(performance.now() - start).toBeLessThan(450);
  });
});
