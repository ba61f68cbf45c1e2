import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accentColours, contrast } from "../../src/colour.ts";
import { buildSite } from "../../src/index.ts";
import { themeCss, themedIcon } from "../../src/site/theme.ts";
import { PROJECT } from "../support/cli.ts";
import { registryOf } from "../support/registry.ts";
import { LISTED, built } from "./support.ts";

const STYLE = readFileSync(join(PROJECT, "templates/assets/style.css"), "utf8");

/** A colour of the stylesheet, in the light and in the dark. */
function token(name: string): readonly [light: string, dark: string] {
  const [, light = "", dark = ""] =
    new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(STYLE) ?? [];
  return [light, dark];
}

const colour = fc
  .integer({ min: 0, max: 0xff_ff_ff })
  .map((value) => `#${value.toString(16).padStart(6, "0")}`);

describe("contrast", () => {
  test("is what WCAG computes", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#fff", "#ffffff")).toBe(1);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.478, 3);
    expect(contrast("#ffffff", "#0000ff")).toBeCloseTo(8.592, 3);
  });

  test.each(["text", "quiet", "accent", "good", "waiting", "still", "bad"])(
    "of --%s is enough for text on a page and on what is raised, in the light and in the dark",
    (name) => {
      for (const [index, colourOfText] of token(name).entries()) {
        for (const background of ["page", "raised"])
          expect(contrast(colourOfText, token(background)[index]!)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );

  test("of any accent is enough for text, wherever the stylesheet puts it", () => {
    const property = fc.property(colour, (accent) => {
      const { light, dark } = accentColours(accent);
      for (const background of ["page", "raised"]) {
        expect(contrast(light, token(background)[0])).toBeGreaterThanOrEqual(4.5);
        expect(contrast(dark, token(background)[1])).toBeGreaterThanOrEqual(4.5);
      }
    });
    fc.assert(property, { numRuns: 2000, examples: [["#ffffff"], ["#000000"], ["#ffff00"], ["#0000ff"]] });
  });
});

describe("theme:", () => {
  test("leaves a colour that can be read as it is", () => {
    expect(accentColours("#7a1f5c").light).toBe("#7a1f5c");
    expect(accentColours("#9cf").dark).toBe("#99ccff");
  });

  test("keeps the hue of a colour that it changes", () => {
    const { light, dark } = accentColours("#ff8080");
    // Red stays the strongest of a red, and grey stays grey.
    for (const [red = "", green = "", blue = ""] of [light, dark].map(
      (found) => found.match(/[0-9a-f]{2}/g) ?? [],
    )) {
      expect(Number.parseInt(red, 16)).toBeGreaterThan(Number.parseInt(green, 16));
      expect(green).toBe(blue);
    }
    expect(accentColours("#808080").dark).toMatch(/^#(..)\1\1$/);
    expect(accentColours("#ffffff").light).toMatch(/^#(..)\1\1$/);
    expect(accentColours("#000000").dark).toMatch(/^#(..)\1\1$/);
  });

  test("says nothing where it has nothing to say", async () => {
    expect(themeCss({})).toBeUndefined();
    expect(themeCss({ density: "comfortable" })).toBeUndefined();
    expect((await built(LISTED))("index.html")).not.toContain("theme.css");
  });

  test("brings rows closer together, without a colour of its own", async () => {
    const read = await built({ ...LISTED, "registry.yml": "theme: { density: compact }\n" });
    expect(read("assets/theme.css")).toContain("--row: 0.2rem");
    expect(read("assets/theme.css")).not.toContain("--accent");
    expect(read("index.html")).toContain('<link rel="stylesheet" href="/r/assets/theme.css">');
    // What it sets is used.
    expect(STYLE).toContain("padding: var(--row)");
  });

  test("refuses a density that there is not, with its line", async () => {
    const root = registryOf({ ...LISTED, "registry.yml": "title: x\ntheme:\n  density: dense\n" });
    await expect(buildSite({ root, out: join(root, "_site") })).rejects.toMatchObject({
      message: "registry.yml:3: theme.density is not right; expected one of comfortable, compact",
    });
  });

  test("colours our icon, and leaves a registry's own alone", async () => {
    const accent = 'theme: { accent: "#7a1f5c" }\n';
    const read = await built({ ...LISTED, "registry.yml": accent });
    expect(read("assets/icon.svg")).toContain("#7a1f5c");
    expect(read("assets/icon.svg")).not.toContain("#0b6b5d");
    const own = await built({ ...LISTED, "registry.yml": accent, "templates/assets/icon.svg": "<svg/>" });
    expect(own("assets/icon.svg")).toBe("<svg/>");
    const icon = readFileSync(join(PROJECT, "templates/assets/icon.svg"), "utf8");
    expect(themedIcon(icon, "#123456")).not.toMatch(/#0b6b5d|#5fd0bb/);
  });
});
