import { type AddressInfo, createServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { eachByHost } from "../../src/health/each-by-host.ts";
import { HASTE, checkRecords, recordAt } from "../support/remote-check.ts";
import { sendBytes, startStorage } from "../support/storage-server.ts";

const BYTES = Buffer.from("some bytes, of which the digest is known");

/** Records of so many images of a server. */
const records = (url: string, count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`v${index}`, recordAt(`${url}/${index}.sif`, BYTES)]),
  );

describe("a host is asked", () => {
  test("over connections that stay open", async () => {
    const server = await startStorage((request, response) => sendBytes(BYTES, request, response));
    const { findings } = await checkRecords(records(server.url, 100));
    expect(findings).toEqual([]);
    expect(server.requests).toHaveLength(100);
    expect(server.connections).toBeLessThanOrEqual(8);
  });

  test("over connections that stay open where images are gone, too, and where HEAD is refused", async () => {
    const server = await startStorage((request, response) => {
      if (request.method === "HEAD") response.writeHead(405).end();
      else if (request.url?.includes("1")) response.writeHead(404).end("there is no such thing here");
      else sendBytes(BYTES, request, response);
    });
    const { findings } = await checkRecords(records(server.url, 50));
    expect(findings).toHaveLength(14);
    expect(server.requests).toHaveLength(100);
    expect(server.connections).toBeLessThanOrEqual(8);
  });

  test.each([
    [{}, 8],
    [{ perHost: 2 }, 2],
    [{ concurrency: 3 }, 3],
  ])("for several images at once, and no more than it may be (%j)", async (options, most) => {
    const server = await startStorage((request, response) => {
      setImmediate(() => setImmediate(() => sendBytes(BYTES, request, response)));
    });
    await checkRecords(records(server.url, 60), options);
    expect(server.mostAtOnce).toBeLessThanOrEqual(most);
    expect(server.mostAtOnce).toBeGreaterThan(1);
  });

  test("again after 503, and after a connection that broke", async () => {
    let count = 0;
    const server = await startStorage((request, response) => {
      count++;
      if (count === 1) response.writeHead(503).end();
      else if (count === 2) request.socket.destroy();
      else sendBytes(BYTES, request, response);
    });
    expect((await checkRecords(records(server.url, 1))).findings).toEqual([]);
    expect(server.requests).toHaveLength(3);
  });

  test("four times in all", async () => {
    const server = await startStorage((_, response) => void response.writeHead(500).end());
    const { findings } = await checkRecords(records(server.url, 1));
    expect(findings).toMatchObject([{ args: { reason: "the answer is 500" } }]);
    expect(server.requests).toHaveLength(4);
  });

  test("once where the answer is final", async () => {
    const server = await startStorage((_, response) => void response.writeHead(410).end());
    await checkRecords(records(server.url, 1));
    expect(server.requests).toHaveLength(1);
  });
});

describe("a host that wants to be left alone", () => {
  /** A server that answers the first request so, and all others well; when each came. */
  async function wanting(headers: () => Record<string, string>, status = 429) {
    const times: number[] = [];
    const server = await startStorage((request, response) => {
      times.push(performance.now());
      if (times.length === 1) response.writeHead(status, headers()).end();
      else sendBytes(BYTES, request, response);
    });
    return { server, times };
  }

  test.each([429, 503])("for some seconds (%d) is", async (status) => {
    const { server, times } = await wanting(() => ({ "retry-after": "1" }), status);
    expect((await checkRecords(records(server.url, 6), { perHost: 1 })).findings).toEqual([]);
    expect(times).toHaveLength(7);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  test("until a date is, by its own clock", async () => {
    const { server, times } = await wanting(() => ({
      date: "Fri, 20 Nov 2026 12:00:00 GMT",
      "retry-after": "Fri, 20 Nov 2026 12:00:01 GMT",
    }));
    expect((await checkRecords(records(server.url, 1))).findings).toEqual([]);
    expect(times[1]! - times[0]!).toBeGreaterThan(950);
  });

  test("for a year is asked again when patience is at its end", async () => {
    const { server, times } = await wanting(() => ({ "retry-after": "31536000" }));
    const patience = { ...HASTE, longestRest: 100 };
    expect((await checkRecords(records(server.url, 1), { patience })).findings).toEqual([]);
    expect(times[1]! - times[0]!).toBeLessThan(1000);
  });

  test("for ever is given up, and does not keep the check", async () => {
    const server = await startStorage((_, response) => {
      response.writeHead(429, { "retry-after": "0" }).end();
    });
    const patience = { ...HASTE, restInAll: 200 };
    const { findings, health } = await checkRecords(records(server.url, 40), { patience });
    expect(findings).toHaveLength(40);
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["image-busy"]));
    expect(health?.images).toEqual([]);
    // 20 waves of 8 at most, then 16 that are tried to the end, and the 8 of the moment.
    expect(server.requests.length).toBeLessThan(260);
  });
});

describe("a host that does not answer", () => {
  test("is given up after some images, and the others of it are not asked for", async () => {
    const server = await startStorage((request) => void request.socket.destroy());
    const { findings } = await checkRecords(records(server.url, 100), { patience: { ...HASTE, pause: 1 } });
    expect(findings).toHaveLength(100);
    // 8 at once are tried four times, those after them once.
    expect(server.requests.length).toBeLessThan(8 * 4 + 16);
  });

  test("is given up after its time", async () => {
    const server = createServer(() => {});
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.sif`;
    const options = { timeout: 100, patience: { ...HASTE, retries: 0 } };
    const { findings } = await checkRecords({ "1.0": recordAt(url, BYTES) }, options);
    expect(findings).toMatchObject([
      { code: "image-unreachable", args: { reason: "Headers Timeout Error" } },
    ]);
  });

  test("does not get more time by sending a byte now and then", async () => {
    const server = await startStorage((request, response) => {
      if (request.method === "HEAD") {
        response.writeHead(405).end();
        return;
      }
      response.writeHead(200, { "content-length": 128 });
      const dribble = setInterval(() => response.write("x"), 60);
      response.once("close", () => clearInterval(dribble));
    });
    const start = performance.now();
    const { findings } = await checkRecords(records(server.url, 1), {
      timeout: 200,
      isDeep: true,
      patience: { ...HASTE, retries: 0 },
    });
    expect(findings).toMatchObject([{ code: "image-unreachable" }]);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test("keeps no other waiting", async () => {
    const silent = await startStorage(() => {});
    const server = await startStorage((request, response) => sendBytes(BYTES, request, response));
    const done: number[] = [];
    const all = {
      ...records(silent.url, 40),
      ...Object.fromEntries(Object.entries(records(server.url, 40)).map(([tag, text]) => [`w${tag}`, text])),
    };
    await checkRecords(all, {
      concurrency: 10,
      timeout: 1000,
      patience: { ...HASTE, retries: 0, failures: 1 },
      onProgress: () => done.push(performance.now()),
    });
    // The 40 of the good host come first; the silent one's are waited for.
    expect(done[39]! - done[0]!).toBeLessThan(done[79]! - done[0]!);
    expect(done[40]! - done[39]!).toBeGreaterThan(300);
  });
});

describe("the order of hosts", () => {
  test("begins with one of each, and nothing after a signal", async () => {
    const begun: string[] = [];
    const controller = new AbortController();
    await eachByHost(
      ["a1", "a2", "a3", "b1", "c1", "c2"],
      async (item) => {
        begun.push(item);
        if (begun.length === 5) controller.abort();
        await Promise.resolve();
      },
      { hostOf: (item) => item[0] ?? "", concurrency: 1, perHost: 1, signal: controller.signal },
    );
    expect(begun).toEqual(["a1", "b1", "c1", "a2", "c2"]);
  });

  test("has every item once, however many there are of a host", async () => {
    const items = Array.from(
      { length: 1000 },
      (_, index) => `${index % 7 === 0 ? "a" : index % 13}:${index}`,
    );
    const seen: string[] = [];
    const running = new Map<string, number>();
    const hostOf = (item: string) => item.split(":", 1)[0] ?? "";
    await eachByHost(
      items,
      async (item) => {
        const host = hostOf(item);
        running.set(host, (running.get(host) ?? 0) + 1);
        expect(running.get(host)).toBeLessThanOrEqual(3);
        await new Promise<void>((resolve) => setImmediate(resolve));
        running.set(host, (running.get(host) ?? 0) - 1);
        seen.push(item);
      },
      { hostOf, concurrency: 10, perHost: 3 },
    );
    expect(seen.sort()).toEqual([...items].sort());
  });
});
