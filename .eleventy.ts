/**
 * For `eleventy --config=.eleventy.ts`; everything is in src/site.
 *
 *     node --import tsx node_modules/@11ty/eleventy/cmd.cjs --config=.eleventy.ts
 */
import { eleventyPlugin } from "./src/site/eleventy-plugin.ts";

export default eleventyPlugin({ root: "." });
