import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "./cli.ts";
import { type TestImage, imageOfBytes, recordOf, registryFiles } from "./image-building.ts";
import { DEFINITION, type Files, listFiles } from "./registry.ts";

/*
 * A registry of everything that the configuration of a web server may get wrong.
 */

/** Two images of the example registry, which real clients take for such. */
function exampleImages(): readonly [kept: TestImage, elsewhere: TestImage] {
  const folder = join(PROJECT, "images");
  const [kept, elsewhere] = listFiles(folder).map((file) => imageOfBytes(readFileSync(join(folder, file))));
  if (!kept || !elsewhere) throw new Error("the example registry keeps two images");
  return [kept, elsewhere];
}

export const [KEPT, ELSEWHERE] = exampleImages();

/** Everything that a URL of a stranger may hold and that a shell, sed, nginx or Caddy may take for its own. */
export const HOSTILE_TARGETS = [
  "https://storage.example.org/$uri/$0/$1$request_uri;return/200;#'",
  "https://storage.example.org/'a'%20%00%0d%0aSet-Cookie:x=1;%7Bhttp.request.host%7D",
  "https://storage.example.org/a?b=c&d=(e)*[f]~!@,+=;include=/etc/passwd;#top",
  "http://storage.example.org/&&id;$(id)/&",
  "https://storage.example.org/%24%251%2F..%2f../..//x$$$",
  "https://storage.example.org/#",
  "https://storage.example.org/302;default=1;volatile",
  "https://storage.example.org/Zażółć-gęślą-容器-😀",
  `https://storage.example.org/${"x".repeat(2000)}`,
];
/** In nginx's map each `$` takes three characters, and nginx starts with no text of more than 4096. */
export const TOO_LONG_FOR_NGINX = `https://storage.example.org/${"$".repeat(1500)}`;

/** Names that a server might fold, escape or take for a pattern. */
export const REFERENCES = [
  "vanessa/greeting:latest",
  "vanessa/greeting:1.0",
  "vanessa/greeting:v1.js",
  "vanessa/Greeting:1.0",
  "lab/team/tool:2.0_rc.1",
  "a/b/c/d/tool:1",
  "Lab/ncbi-blast+:2.16.0+cpu",
  "lab/ncbi-blast+:2.16.0-CPU",
  "v2x/manifests.of/tool:_x",
];

/** The files of that registry: each name once with an image in it, and once below `far/` with one in a storage. */
export function servedFiles(storage: string): Files {
  const labels = `labels: { maintainer: "Ä & 50% 'of' it", org.label: "a b/c" }\n`;
  const records: Record<string, string> = {};
  for (const [index, reference] of REFERENCES.entries()) {
    records[reference] = recordOf(KEPT, { more: index === 0 ? labels : "" });
    records[`far/${reference}`] = recordOf(ELSEWHERE, { url: `${storage}/far.sif` });
  }
  for (const [index, url] of [...HOSTILE_TARGETS, TOO_LONG_FOR_NGINX].entries()) {
    records[`hostile/tool:${index}`] = recordOf(imageOfBytes(Buffer.from(url)), { url });
  }
  return {
    ...registryFiles(records, [KEPT]),
    "registry/vanessa/greeting/manifests/latest/Singularity": DEFINITION,
    "health.json": '{"schema": 1, "checked": "2026-11-20T04:17:00Z", "images": []}\n',
    "registry/vanessa/greeting/README.md": `# Greeting\n\n${"It greets. ".repeat(200)}\n`,
  };
}
