import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { HttpAsker } from "../../src/health/http-asker.ts";
import { startStorage } from "../support/storage-server.ts";

// One address of this machine stands for all that are public; another one is as private as it is.
vi.mock("../../src/public-address.ts", async (original) => ({
  ...(await original<object>()),
  requirePublic: ({ hostname }: URL) => {
    if (hostname !== "127.0.0.1") throw new Error(`${hostname} is an address inside a network`);
  },
}));

test("a redirect does not lead to an address inside a network", async () => {
  let asked = 0;
  const inner = createServer((_, response) => {
    asked++;
    response.end();
  });
  onTestFinished(() => void inner.close());
  await new Promise<void>((resolve) => inner.listen(0, "127.0.0.2", resolve));
  const location = `http://127.0.0.2:${(inner.address() as AddressInfo).port}/metadata`;
  const server = await startStorage((_, response) => void response.writeHead(302, { location }).end());
  const asker = new HttpAsker({ perHost: 1, isPublicOnly: true });
  await expect(asker.ask(`${server.url}/x`, { head: true })).rejects.toThrow(
    "127.0.0.2 is an address inside a network",
  );
  await asker.close();
  expect(asked).toBe(0);
});
