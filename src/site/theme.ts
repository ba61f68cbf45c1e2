import { accentColours } from "../colour.ts";
import type { Config } from "../registry/config.ts";

/* The colours and the density that registry.yml asks for. */

/** Further custom properties for rows that stand closer together. */
const COMPACT = " --row: 0.2rem; --leading: 1.4;";

/** The stylesheet of a theme, which follows the common one; undefined where it has nothing to say. */
export function themeCss({ accent, density }: Config["theme"]): string | undefined {
  const colours = accent === undefined ? undefined : accentColours(accent);
  const lines = [
    colours ? ` --accent: light-dark(${colours.light}, ${colours.dark});` : "",
    density === "compact" ? COMPACT : "",
  ].join("");
  return lines === "" ? undefined : `:root {${lines} }\n`;
}

/** An icon in the colours of a theme: those of ours are exchanged, any other stays as it is. */
export function themedIcon(svg: string, accent: string): string {
  const { light, dark } = accentColours(accent);
  return svg.replace("#0b6b5d", light).replace("#5fd0bb", dark);
}
