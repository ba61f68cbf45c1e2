import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { complaintOf } from "../../src/git/git.ts";
import { registryCredentials } from "../../src/oci/credentials.ts";
import { webAddress } from "../../src/publish/source.ts";
import { expectLinearOnTokens } from "../support/linear.ts";
import { temporaryFolder } from "../support/registry.ts";
import { expectRefused, jsonAround, mutated, strangeText } from "./support.ts";

const SECRET = "correct-horse";

describe("what docker login wrote down", () => {
  test("is read, or is an error that tells nothing of it", async () => {
    const folder = temporaryFolder();
    const auth = Buffer.from(`lab:${SECRET}`).toString("base64");
    const good = JSON.stringify({
      auths: { "ghcr.io": { auth }, "https://index.docker.io/v1/": { username: "lab", password: SECRET } },
    });
    const keys = ["auths", "ghcr.io", "https://ghcr.io/", "auth", "username", "password"];
    const any = fc.oneof(
      mutated(good),
      strangeText,
      jsonAround(keys, [auth, SECRET]).map((data) => JSON.stringify(data)),
    );
    await fc.assert(
      fc.asyncProperty(any, fc.constantFrom("ghcr.io", "docker.io", "__proto__"), async (text, host) => {
        writeFileSync(join(folder, "config.json"), text);
        const read = () => registryCredentials(host, { DOCKER_CONFIG: folder });
        const found = await expectRefused(() => expectNoSecret(read), "storage");
        if (found) expect([typeof found.username, typeof found.password]).toEqual(["string", "string"]);
      }),
      { numRuns: 3000 },
    );
  });
});

/** What `read` gives; an error of its must not show the file. */
function expectNoSecret<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    expect(String(error)).not.toContain(SECRET);
    expect(String(error)).toContain("log in again");
    throw error;
  }
}

describe("an address that git knows", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9:._~-]{1,20}$/);

  test("is shown without the password in it", () => {
    const around = strangeText.filter((text) => !text.includes("@"));
    fc.assert(
      fc.property(around, secret, around, (before, password, after) => {
        const words = complaintOf({
          status: 128,
          stdout: "",
          stderr: `${before} https://${password}@host/x ${after}`,
        });
        // Only the first lines are told.
        expect(words).not.toContain(`//${password}@`);
        const address = webAddress(`https://${password}@github.com/lab/tool.git`);
        expect(address).toBe("https://github.com/lab/tool");
      }),
      { numRuns: 1000 },
    );
  });

  test("is an address for people without user and password, or none", () => {
    const any = fc.oneof(
      strangeText,
      mutated("https://x:y@github.com/lab/tool.git"),
      mutated("git@github.com:lab/tool.git"),
      mutated("ssh://git@host:22/lab"),
    );
    fc.assert(
      fc.property(any, (remote) => {
        const address = webAddress(remote) ?? "https://none";
        expect(address).toMatch(/^https:\/\/[A-Za-z0-9._:/-]+$/);
      }),
      { numRuns: 3000 },
    );
  });

  test("takes as long to read as it is long", async () => {
    await expectLinearOnTokens(webAddress, {
      beginnings: ["https://", "https://a/", "git@a/", "ssh://git@"],
    });
    await expectLinearOnTokens((text) => complaintOf({ status: 1, stdout: text, stderr: text }));
  });
});
