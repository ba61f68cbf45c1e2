import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeFinding } from "../../src/check/catalogue.ts";
import { PROJECT } from "../support/cli.ts";
import { registryOf } from "../support/registry.ts";
import {
  HASTE,
  NOW,
  TOOL,
  checkRecords,
  checkRoot,
  digestOf,
  record2019At,
  recordAt,
} from "../support/remote-check.ts";
import { sendBytes, startStorage } from "../support/storage-server.ts";

const BYTES = Buffer.from("some bytes, of which the digest is known");
const IMAGES = join(PROJECT, "images/sha256");
const IMAGE = readFileSync(join(IMAGES, readdirSync(IMAGES).find((name) => name.endsWith(".sif")) ?? ""));

const send: RequestListener = (request, response) => sendBytes(BYTES, request, response);

/** What is said of one image of a server that answers so. */
async function looked(listener: RequestListener, options = {}, bytes = BYTES) {
  const server = await startStorage(listener);
  const url = `${server.url}/image.sif`;
  const { findings, health } = await checkRecords({ "1.0": recordAt(url, bytes) }, options);
  return { url, server, findings, problem: health?.images[0]?.problem, health };
}

/** A server that says these lines to whoever asks, and hangs up. */
async function saying(...lines: string[]): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(`${lines.join("\r\n")}\r\n\r\n`));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/image.sif`;
}

describe("an image is asked for", () => {
  test("by HEAD, and is well", async () => {
    const { server, findings, health, url } = await looked(send);
    expect(findings).toEqual([]);
    expect(server.requests).toEqual(["HEAD /image.sif"]);
    expect(health).toEqual({
      checked: NOW,
      images: [{ url, digest: digestOf(BYTES), checked: NOW }],
    });
  });

  test.each([400, 403, 405, 501])("by one byte where HEAD is answered with %d", async (status) => {
    const asked: (string | undefined)[] = [];
    const { server, findings } = await looked((request, response) => {
      if (request.method === "HEAD") {
        response.writeHead(status).end();
        return;
      }
      asked.push(request.headers.range);
      send(request, response);
    });
    expect(findings).toEqual([]);
    expect(server.requests).toEqual(["HEAD /image.sif", "GET /image.sif"]);
    expect(asked).toEqual(["bytes=0-0"]);
  });

  test.each([{}, { "content-length": 0 }])("by one byte where HEAD tells no size (%j)", async (headers) => {
    const { findings } = await looked((request, response) => {
      if (request.method === "HEAD") response.writeHead(200, headers).end();
      else sendBytes(Buffer.concat([BYTES, BYTES]), request, response);
    });
    expect(findings).toMatchObject([{ code: "image-size", args: { size: "80", recorded: "40" } }]);
  });

  test("by one byte, of a server that sends all of 5 GiB nevertheless: it is not read", async () => {
    const size = 5 * 1024 ** 3;
    let sent = 0;
    const ended: Promise<void>[] = [];
    const server = await startStorage((request, response) => {
      if (request.method === "HEAD") {
        response.writeHead(405).end();
        return;
      }
      response.writeHead(200, { "content-length": size });
      ended.push(new Promise((resolve) => response.once("close", () => resolve())));
      const more = () => {
        while (!response.destroyed && sent < size) {
          const chunk = Buffer.alloc(65_536);
          sent += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on("drain", more);
      more();
    });
    const { findings } = await checkRecords({ "1.0": recordAt(`${server.url}/i.sif`, BYTES, size) });
    await Promise.all(ended);
    expect(findings).toEqual([]);
    expect(sent).toBeLessThan(64 * 1024 ** 2);
  });

  test("once, whoever names it, and each record hears of it", async () => {
    const server = await startStorage((_, response) => void response.writeHead(404).end());
    const record = recordAt(`${server.url}/image.sif`, BYTES);
    const { findings, health } = await checkRecords({ "1.0": record, "2.0": record });
    expect(server.requests).toEqual(["HEAD /image.sif"]);
    expect(findings.map(({ code, file }) => [code, file])).toEqual([
      ["image-unreachable", "registry/lab/tool/manifests/1.0/README.md"],
      ["image-unreachable", "registry/lab/tool/manifests/2.0/README.md"],
    ]);
    expect(health?.images).toHaveLength(1);
  });

  test("once, and told of once, where a record names it twice", async () => {
    const server = await startStorage((_, response) => void response.writeHead(404).end());
    const record = recordAt(`${server.url}/image.sif`, BYTES);
    const [layer = ""] = /^ {2}- size[^]*?url: .*\n/m.exec(record) ?? [];
    const { findings } = await checkRecords({ "1.0": record.replace(layer, layer + layer) });
    expect(findings).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  test("and each record is compared by itself", async () => {
    const server = await startStorage(send);
    const url = `${server.url}/image.sif`;
    const { findings } = await checkRecords({ "1.0": recordAt(url, BYTES), "2.0": recordAt(url, BYTES, 41) });
    expect(findings).toMatchObject([
      { code: "image-size", file: "registry/lab/tool/manifests/2.0/README.md", args: { recorded: "41" } },
    ]);
  });

  test("also for private collections", async () => {
    const server = await startStorage(send);
    const root = registryOf({
      "registry/lab/tool/README.md": "---\nvisibility: private\n---\n",
      [`${TOOL}/1.0/README.md`]: recordAt(`${server.url}/image.sif`, BYTES),
    });
    await checkRoot(root);
    expect(server.requests).toEqual(["HEAD /image.sif"]);
  });

  test("with the name and password of its own address, which no redirect takes elsewhere", async () => {
    const seen: (string | undefined)[] = [];
    const note = (request: IncomingMessage) => seen.push(request.headers.authorization);
    const other = await startStorage((request, response) => {
      note(request);
      send(request, response);
    });
    const server = await startStorage((request, response) => {
      note(request);
      response.writeHead(302, { location: `${other.url}/image.sif` }).end();
    });
    const url = `${server.url.replace("://", "://me:s%3Acret@")}/image.sif`;
    const { findings } = await checkRecords({ "1.0": recordAt(url, BYTES) });
    expect(findings).toEqual([]);
    expect(seen).toEqual([`Basic ${Buffer.from("me:s:cret").toString("base64")}`, undefined]);
  });
});

describe("what is not well:", () => {
  test("an image that is gone", async () => {
    const { findings, problem, url } = await looked((_, response) => void response.writeHead(404).end());
    expect(findings).toMatchObject([{ code: "image-unreachable", args: { image: url } }]);
    expect(problem).toEqual({ code: "image-unreachable", reason: "the answer is 404", since: NOW });
  });

  test.each(["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml", "application/xml"])(
    "a page (%s), though its status is 200",
    async (type) => {
      const { findings, problem } = await looked((_, response) => {
        response.writeHead(200, { "content-type": type, "content-length": BYTES.length }).end();
      });
      expect(findings).toMatchObject([{ code: "image-not-sif" }]);
      expect(problem?.reason).toBe(`what comes is ${type.split(";")[0]?.toLowerCase()}`);
    },
  );

  test("another size", async () => {
    const { findings, problem } = await looked((request, response) =>
      sendBytes(Buffer.concat([BYTES, BYTES]), request, response),
    );
    expect(findings).toMatchObject([{ code: "image-size", args: { size: "80", recorded: "40" } }]);
    expect(problem?.reason).toBe("it has 80 bytes, the record says 40 bytes");
  });

  test("nothing where bytes should be", async () => {
    const { findings } = await looked((request, response) => {
      if (request.method === "HEAD") response.writeHead(200, { "content-length": 0 }).end();
      else response.writeHead(416, { "content-range": "bytes */0" }).end();
    });
    expect(findings).toMatchObject([{ code: "image-size", args: { size: "0" } }]);
  });

  test("what is packed has no size that could be compared", async () => {
    const headers = { "content-encoding": "gzip", "content-length": 7 };
    const { findings } = await looked(
      (_, response) => void response.writeHead(200, headers).end(Buffer.alloc(7)),
    );
    expect(findings).toEqual([]);
  });

  test.each(["ftp", "gs", "s3"])("an address that nobody here can ask (%s://)", async (scheme) => {
    const { findings } = await checkRecords({ "1.0": recordAt(`${scheme}://example.org/x.sif`, BYTES) });
    expect(findings.map((finding) => describeFinding(finding))).toEqual([
      `the image at ${scheme}://example.org/x.sif cannot be fetched: only https://, http:// and oras:// can be fetched, not ${scheme}://`,
    ]);
  });

  test("an address that is none", async () => {
    const { findings } = await checkRecords({ "1.0": recordAt("https://[x/y.sif", BYTES) });
    expect(findings).toMatchObject([{ code: "image-unreachable", args: { reason: "Invalid URL" } }]);
  });
});

describe("a size of 2019", () => {
  const sizes = async (recorded: number, actual: number) => {
    const headers = { "content-length": actual };
    const server = await startStorage((_, response) => void response.writeHead(200, headers).end());
    return checkRecords({ "1.0": record2019At(`${server.url}/image.sif`, recorded) });
  };

  test.each([
    ["bytes", 1_159_168, 1_159_168],
    ["KiB", 1132, 1_159_168],
    ["KiB that du rounded to blocks", 1136, 1_159_168],
  ])("may be %s", async (_, recorded, actual) => {
    expect((await sizes(recorded, actual)).findings).toEqual([]);
  });

  test.each([
    ["too small", 900, 1_159_168],
    ["too large", 1400, 1_159_168],
    ["off by a byte", 1_159_169, 1_159_168],
  ])("may not be %s", async (_, recorded, actual) => {
    const { findings } = await sizes(recorded, actual);
    expect(findings.map((finding) => describeFinding(finding))).toEqual([
      expect.stringMatching(`^the record says ${recorded} bytes or KiB, but http.* has ${actual}$`),
    ]);
  });

  test("is believed once the digest was right, today or before", async () => {
    const server = await startStorage(send);
    const md5 = `md5:${createHash("md5").update(BYTES).digest("hex")}`;
    const records = { "1.0": record2019At(`${server.url}/image.sif`, 777, md5) };
    const first = await checkRecords(records, { digestPercent: 100 });
    expect(first.findings).toEqual([]);
    expect(first.health?.images).toMatchObject([{ verified: NOW }]);
    expect((await checkRecords(records, { earlier: first.health })).findings).toEqual([]);
    expect((await checkRecords(records)).findings).toMatchObject([{ code: "image-size" }]);
  });
});

describe("the header is read", () => {
  const deep = (bytes: Buffer, record: (url: string) => string) =>
    startStorage((request, response) => sendBytes(bytes, request, response)).then(async (server) => ({
      server,
      ...(await checkRecords({ "1.0": record(`${server.url}/image.sif`) }, { isDeep: true })),
    }));

  test("of an image, in one request", async () => {
    const { server, findings } = await deep(IMAGE, (url) => recordAt(url, IMAGE));
    expect(findings).toEqual([]);
    expect(server.requests).toEqual(["GET /image.sif"]);
  });

  test("of a file that is none", async () => {
    const { findings, health } = await deep(Buffer.alloc(4096), (url) => recordAt(url, Buffer.alloc(4096)));
    expect(findings).toMatchObject([{ code: "image-not-sif" }]);
    expect(health?.images[0]?.problem?.reason).toBe("it does not begin as a SIF file does");
  });

  test("of one for another processor", async () => {
    const { findings } = await deep(IMAGE, (url) =>
      recordAt(url, IMAGE).replace("architecture: amd64", "architecture: arm64"),
    );
    expect(findings).toMatchObject([
      { code: "image-architecture", args: { architecture: "amd64", recorded: "arm64" } },
    ]);
  });

  test("of one of 2019, which need not be a SIF file", async () => {
    const squashfs = Buffer.concat([Buffer.from("hsqs"), Buffer.alloc(4092)]);
    expect((await deep(squashfs, (url) => record2019At(url, 4096))).findings).toEqual([]);
    expect((await deep(Buffer.alloc(4096), (url) => record2019At(url, 4096))).findings).toMatchObject([
      { code: "image-not-sif" },
    ]);
  });

  test("again where an earlier check found something in it", async () => {
    const server = await startStorage((request, response) => sendBytes(IMAGE, request, response));
    const url = `${server.url}/image.sif`;
    const records = { "1.0": recordAt(url, IMAGE).replace("architecture: amd64", "architecture: arm64") };
    const first = await checkRecords(records, { isDeep: true });
    const second = await checkRecords(records, { earlier: first.health });
    expect(second.findings).toEqual(first.findings);
    expect((await checkRecords(records)).findings).toEqual([]);
  });
});

describe("a hostile server", () => {
  const HEAD = ["HTTP/1.1 200 OK", "Content-Type: application/octet-stream"];

  test.each([
    ["a negative length", [...HEAD, "Content-Length: -1"]],
    ["two lengths", [...HEAD, "Content-Length: 40", "Content-Length: 41"]],
    ["a length beyond all numbers", [...HEAD, `Content-Length: ${"9".repeat(400)}`]],
    [
      "headers without an end",
      [...HEAD, ...Array.from({ length: 5000 }, (_, i) => `X-${i}: ${"x".repeat(50)}`)],
    ],
    ["no HTTP", ["hello"]],
  ])("that sends %s is told of", async (_, lines) => {
    const url = await saying(...lines);
    const { findings } = await checkRecords(
      { "1.0": recordAt(url, BYTES) },
      { patience: { ...HASTE, retries: 0 } },
    );
    expect(findings).toMatchObject([{ code: "image-unreachable" }]);
  });

  test("does not get its control characters into what is said", async () => {
    const url = await saying(...HEAD, "Content-Type: text/html\u001b[2J", "Content-Length: 40");
    const { findings, health } = await checkRecords(
      { "1.0": recordAt(url, BYTES) },
      { patience: { ...HASTE, retries: 0 } },
    );
    // oxlint-disable-next-line no-control-regex
    expect(JSON.stringify([findings, health])).not.toMatch(/\u001b|\\u001b/);
  });

  test("that says a size that no file has is not believed", async () => {
    const server = await startStorage((_, response: ServerResponse) => {
      response
        .writeHead(206, { "content-range": `bytes 0-0/${"9".repeat(30)}`, "content-length": 1 })
        .end("x");
    });
    const { findings } = await checkRecords(
      { "1.0": recordAt(`${server.url}/i.sif`, BYTES) },
      { isDeep: true },
    );
    expect(findings).toMatchObject([{ code: "image-not-sif" }]);
  });
});
