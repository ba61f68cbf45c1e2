import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOras } from "../../src/storage/oras.ts";
import { because } from "../support/clients.ts";
import {
  type DockerRegistry,
  LOGIN,
  frontOf,
  startRegistry,
  whyNoRegistry,
} from "../support/docker-registry.ts";
import { registryOf } from "../support/registry.ts";
import { newImage, put } from "../support/stored-images.ts";

const reasonNone = whyNoRegistry();

describe.skipIf(reasonNone !== undefined)(`images in a registry of containers${because(reasonNone)}`, () => {
  let registry: DockerRegistry;
  let locked: DockerRegistry;
  beforeAll(async () => {
    [registry, locked] = await Promise.all([startRegistry(), startRegistry({ wantsPassword: true })]);
  });
  afterAll(() => Promise.all([registry.stop(), locked.stop()]));

  const open = (host = registry.host, env = {}) =>
    openOras({ kind: "oras", repository: `${host}/lab` }, { env });
  const loggedIn = { REGISTRY_USERNAME: LOGIN.username, REGISTRY_PASSWORD: LOGIN.password };

  describe("behind a password", () => {
    test("are stored by who knows it", async () => {
      const storage = open(locked.host, loggedIn);
      const image = newImage("ns/locked:latest");
      await put(storage, image);
      expect(await storage.has(image.key)).toBe(true);
    });

    test("are stored with what docker login wrote down", async () => {
      const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString("base64");
      const file = JSON.stringify({ auths: { [locked.host]: { auth } } });
      const image = newImage("ns/written:latest");
      await put(open(locked.host, { DOCKER_CONFIG: registryOf({ "config.json": file }) }), image);
      expect(await open(locked.host, loggedIn).has(image.key)).toBe(true);
    });

    test("are refused to others, who are told what to set", async () => {
      const image = newImage("ns/refused:latest");
      await expect(open(locked.host).has(image.key)).rejects.toThrow(
        /set REGISTRY_USERNAME and REGISTRY_PASSWORD/,
      );
      const wrong = { ...loggedIn, REGISTRY_PASSWORD: "a wrong secret" };
      const error = await put(open(locked.host, wrong), image).catch((caught: unknown) => caught);
      expect(String(error)).toMatch(/UNAUTHORIZED.*; set REGISTRY_USERNAME/);
      expect(String(error)).not.toMatch(/a wrong secret|YSB3cm9uZyBzZWNyZXQ|Basic/);
    });
  });

  describe("behind a token server", () => {
    /** A token is good for so many requests. */
    const tokenFront = (uses: number, challenge?: string) => {
      const left = new Map<string, number>();
      const basic = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString("base64")}`;
      return frontOf(registry, (asked, response) => {
        const url = new URL(asked.url ?? "", `http://${asked.headers.host}`);
        if (url.pathname === "/token") {
          const isKnown = asked.headers.authorization === basic && url.searchParams.get("service") === "test";
          const token = randomBytes(8).toString("hex");
          left.set(token, uses);
          response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ token }));
          return true;
        }
        const token = asked.headers.authorization?.replace(/^Bearer /, "") ?? "";
        const count = left.get(token) ?? 0;
        left.set(token, count - 1);
        if (count > 0) return false;
        const own = `Bearer realm="http://${asked.headers.host}/token",service="test",scope="repository:x:pull,push"`;
        response.writeHead(401, { "www-authenticate": challenge ?? own }).end();
        return true;
      });
    };

    test("are stored, also when a token runs out on the way", async () => {
      const front = await tokenFront(3);
      const image = newImage("ns/token:latest", 20 * 1024 * 1024);
      await put(open(front.host, loggedIn), image);
      expect(await open().has(image.key)).toBe(true);
      expect(front.requests.filter((line) => line === "GET /token").length).toBeGreaterThan(2);
    });

    test("are refused to who has no password", async () => {
      const front = await tokenFront(3);
      const image = newImage("ns/no-token:latest");
      await expect(put(open(front.host), image)).rejects.toThrow(
        /gives nobody a token without a password .*REGISTRY_USERNAME/,
      );
    });

    test("do not give the password to a stranger", async () => {
      const asked: string[] = [];
      const stranger = await frontOf(registry, ({ headers }, response) => {
        asked.push(headers.authorization ?? "nobody");
        response.end('{"token": "t"}');
        return true;
      });
      const realm = `http://${stranger.host.replace("127.0.0.1", "127.0.0.2")}/token`;
      const front = await tokenFront(3, `Bearer realm="${realm}",service="test"`);
      const image = newImage("ns/stranger:latest");
      await expect(put(open(front.host, loggedIn), image)).rejects.toThrow(
        "names a token server that is not https",
      );
      expect(asked).toEqual([]);
    });
  });

  test("do not follow an upload to another host with the token", async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = await frontOf(registry, (asked) => {
      seen.push(asked.headers.authorization);
      return false;
    });
    const front = await frontOf(locked, (asked, response) => {
      if (asked.method !== "POST") return false;
      response.writeHead(202, { location: `http://${elsewhere.host}/v2/lab/ns/away/blobs/uploads/1` }).end();
      return true;
    });
    const image = newImage("ns/away:latest");
    await expect(put(open(front.host, loggedIn), image)).rejects.toThrow("ns/away");
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});
