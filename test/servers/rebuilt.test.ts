import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordOf, registryFiles } from "../support/image-building.ts";
import { writeFiles } from "../support/registry.ts";
import { describePlaces, expectAsPreviewed } from "../support/served-place.ts";
import { ELSEWHERE } from "../support/served-registry.ts";

describePlaces((site) => {
  const { basePath } = site;

  test("serves a new site at once, and its redirects once it has been started again", async () => {
    const path = `${basePath}vanessa/greeting/`;
    await site.ask(path);
    writeFileSync(join(site.root, "registry/vanessa/greeting/README.md"), "# Another text\n");
    await site.build();
    expect((await site.ask(path)).body.toString()).toContain("Another text");
    writeFiles(
      site.root,
      registryFiles({ "far/new/tool:1": recordOf(ELSEWHERE, { url: "https://new.example.org/" }) }),
    );
    await site.build();
    await site.restart();
    const { headers } = await site.ask(`${basePath}v1/imagefile/far/new/tool:1`);
    expect(headers.location).toBe("https://new.example.org/");
  });

  test("starts with a site whose images all lie in it", async () => {
    rmSync(join(site.root, "registry/far"), { recursive: true });
    rmSync(join(site.root, "registry/hostile"), { recursive: true });
    await site.build();
    await site.restart();
    await expectAsPreviewed(site, site.paths());
  });
});
