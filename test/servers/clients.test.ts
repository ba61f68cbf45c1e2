import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newUser, whyNo } from "../support/clients.ts";
import { describePlaces } from "../support/served-place.ts";
import { ELSEWHERE, KEPT } from "../support/served-registry.ts";

const reason = whyNo("apptainer", "oras", "crane", "skopeo");

const PULLED = [
  ["vanessa/greeting:1.0", KEPT],
  ["far/vanessa/greeting:1.0", ELSEWHERE],
] as const;

describePlaces((site) => {
  test.each(PULLED)("library://%s", async (reference, { bytes }) => {
    const line = `apptainer pull --library ${site.url.replace(/\/$/, "")} x.sif library://${reference}`;
    expect((await newUser().pull(line)).equals(bytes)).toBe(true);
  });

  /** OCI clients ask at the root of a host. */
  const pulledByOci = site.basePath === "/" ? PULLED : [];

  test.each(pulledByOci)("oras://%s", async (reference, { bytes }) => {
    const line = `apptainer pull --no-https x.sif oras://127.0.0.1:${site.port}/${reference}`;
    expect((await newUser().pull(line)).equals(bytes)).toBe(true);
  });

  test.each(pulledByOci)("oras pull %s", async (reference, { bytes }) => {
    const got = await newUser().pull(`oras pull --plain-http 127.0.0.1:${site.port}/${reference}`);
    expect(got.equals(bytes)).toBe(true);
  });

  test.each(pulledByOci)("skopeo copy %s", async (reference, { bytes, sha256 }) => {
    const user = newUser();
    const source = `docker://127.0.0.1:${site.port}/${reference}`;
    await user.output(`skopeo --insecure-policy copy --src-tls-verify=false ${source} dir:copy`);
    expect(readFileSync(join(user.folder, "copy", sha256)).equals(bytes)).toBe(true);
  });

  test.each(pulledByOci)("crane blob of %s", async (reference, { bytes, sha256 }) => {
    const user = newUser();
    const name = `127.0.0.1:${site.port}/${reference.replace(/:.*/, "")}`;
    await user.output(`crane blob --insecure ${name}@sha256:${sha256} > x.sif`);
    expect(readFileSync(join(user.folder, "x.sif")).equals(bytes)).toBe(true);
    expect(await user.output(`crane ls --insecure ${name}`)).toContain("1.0\n");
  });
}, reason);
