import { describe, expect, test } from "vitest";
import { commandFor, newUser, because, whyNoApptainer } from "../support/clients.ts";
import {
  type TestImage,
  imagesUnless,
  legacyRecordOf,
  recordOf,
  registryFiles,
} from "../support/image-building.ts";
import { serveSite, serveStorage, whyNoPort80 } from "../support/serving.ts";

/*
 * Clients keep what they pulled. Whoever pulls a tag again that has moved since has to get what it means now, and
 * whoever pulls two names of one image may get it from what was kept.
 */

const reason = whyNoApptainer() ?? (await whyNoPort80());
const [first, second] = await imagesUnless(reason, "first", "second");

const TAG = "vanessa/greeting:latest";

describe.skipIf(reason !== undefined)(`what apptainer keeps${because(reason)}`, () => {
  test.each(["shub://", "library://", "oras://", "https://"])(
    "of a tag that moves there and back is never served for another image: %s",
    async (name) => {
      const site = await serveSite({
        files: registryFiles({ [TAG]: recordOf(first) }, [first, second]),
        host: "server",
      });
      const user = newUser();
      expect((await user.pull(commandFor(site, TAG, name))).equals(first.bytes)).toBe(true);
      const moved = await site.change(registryFiles({ [TAG]: recordOf(second) }));
      expect((await user.pull(commandFor(moved, TAG, name))).equals(second.bytes)).toBe(true);
      const back = await site.change(registryFiles({ [TAG]: recordOf(first) }));
      expect((await user.pull(commandFor(back, TAG, name))).equals(first.bytes)).toBe(true);
    },
  );

  test("of a record of 2019 is not served for the image of the next one, nor for one by sha256", async () => {
    const storage = await serveStorage({ "first.simg": first.bytes, "second.simg": second.bytes });
    const legacy = (image: TestImage, file: string) =>
      registryFiles({ [TAG]: legacyRecordOf(image, `${storage}/${file}`) });
    const site = await serveSite({ files: legacy(first, "first.simg"), host: "server" });
    const user = newUser();
    const pull = () => user.pull(commandFor(site, TAG, "shub://"));
    expect((await pull()).equals(first.bytes)).toBe(true);
    await site.change(legacy(second, "second.simg"));
    expect((await pull()).equals(second.bytes)).toBe(true);
    await site.change(registryFiles({ [TAG]: recordOf(first) }, [first]));
    expect((await pull()).equals(first.bytes)).toBe(true);
  });

  test.each(["shub://", "library://", "oras://"])(
    "of one name is not served for another name: %s",
    async (name) => {
      const records = { [TAG]: recordOf(first), "vanessa/greeting:1.0": recordOf(second) };
      const site = await serveSite({ files: registryFiles(records, [first, second]), host: "server" });
      const user = newUser();
      for (const [reference, image] of [
        [TAG, first],
        ["vanessa/greeting:1.0", second],
        [TAG, first],
      ] as const) {
        expect((await user.pull(commandFor(site, reference, name))).equals(image.bytes)).toBe(true);
      }
    },
  );

  test.each(["shub://", "library://"])(
    "of one tag serves for another of the same image: %s",
    async (name) => {
      const records = { [TAG]: recordOf(first), "lab/copy:1": recordOf(first) };
      const site = await serveSite({ files: registryFiles(records, [first]), host: "server" });
      const user = newUser();
      for (const reference of [TAG, "lab/copy:1"]) {
        expect((await user.pull(commandFor(site, reference, name))).equals(first.bytes)).toBe(true);
      }
      const downloads = site.requests.filter((line) => /^GET .*(?:images\/sha256|imagefile)/.test(line));
      expect(downloads).toHaveLength(1);
    },
  );
});
