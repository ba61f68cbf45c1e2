import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { authorize } from "../../src/oci/authorization.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { expectRefused, mutated, strangeText } from "./support.ts";

const PASSWORD = "the password of somebody";
const CHALLENGE =
  'Bearer realm="https://auth.example.org/token",service="ghcr.io",scope="repository:lab/tool:pull,push"';

/** Whom a registry makes us ask with this WWW-Authenticate, and what it gets itself; nobody is really asked. */
async function askedFor(
  challenge: string,
  isPlainHttp = false,
): Promise<{ asked: URL[]; given: string | undefined }> {
  const asked: URL[] = [];
  const beforeRequest = ({ url }: { url?: string | URL | undefined }) => {
    asked.push(new URL(url ?? ""));
    throw new Error("nobody is asked in a test");
  };
  const given = await expectRefused(
    () =>
      authorize(challenge, {
        host: "ghcr.io",
        isPlainHttp,
        credentials: { username: "lab", password: PASSWORD },
        network: { hooks: { beforeRequest: [beforeRequest] } },
      }),
    "storage",
  );
  return { asked, given };
}

describe("what a registry wants to see (WWW-Authenticate)", () => {
  test("sends the password to a token server by https alone, or to the registry itself", async () => {
    const any = fc.oneof(
      mutated(CHALLENGE),
      mutated(CHALLENGE.replace("https", "http")),
      strangeText,
      mutated("Basic realm=x"),
    );
    await fc.assert(
      fc.asyncProperty(any, fc.boolean(), async (challenge, isPlainHttp) => {
        const { asked, given } = await askedFor(challenge, isPlainHttp);
        for (const { protocol, hostname } of asked)
          expect(protocol === "https:" || (isPlainHttp && hostname === "ghcr.io"), challenge).toBe(true);
        expect([undefined, `Basic ${Buffer.from(`lab:${PASSWORD}`).toString("base64")}`]).toContain(given);
        // Only a registry that asks for Basic gets it.
        if (given !== undefined) expect(challenge).toMatch(/basic/i);
      }),
      { numRuns: 1500 },
    );
  });

  test("names the token server in quotes or without, in any order, the first time that it does", async () => {
    const parameters = ["service=ghcr.io", 'realm="https://auth.example.org/token"', 'scope="a b"'];
    for (const order of [parameters, parameters.toReversed()]) {
      const { asked } = await askedFor(`bearer ${order.join(" , ")}, realm="https://other.example.org"`);
      expect(asked.map(String)).toEqual(["https://auth.example.org/token?service=ghcr.io&scope=a&scope=b"]);
    }
  });

  test("takes as long to read as it is long", async () => {
    const beginnings = ["", "Bearer ", 'Bearer realm="'];
    await expectLinearOnTokens((text) => askedFor(text.replaceAll(/\s/g, " ")), { beginnings });
  });
});
