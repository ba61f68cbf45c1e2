// The floor: reads every file of a registry and writes every file of its site, with nothing between. Plain
// JavaScript, so that Node starts it as it starts the built command. Arguments: the registry, the folder to write,
// and a list of what to write (`<bytes> <path>` a line). The time spent on that list, which is no part of the
// floor, goes to descriptor 3 in milliseconds.
import { mkdirSync, readFileSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const [root, out, list] = process.argv.slice(2);
const start = performance.now();
const files = readList(list);
const content = Buffer.alloc(
  files.reduce((most, { size }) => Math.max(most, size), 0),
  "x",
);
writeSync(3, String(performance.now() - start));

readTree(root);
writeFiles();

function readList(path) {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => {
    const space = line.indexOf(" ");
    return { size: Number(line.slice(0, space)), path: `${out}/${line.slice(space + 1)}` };
  });
}

function readTree(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) readTree(path);
    else readFileSync(path);
  }
}

function writeFiles() {
  const folders = new Set([out]);
  mkdirSync(out);
  for (const { size, path } of files) {
    makeFolder(dirname(path), folders);
    writeFileSync(path, content.subarray(0, size));
  }
}

function makeFolder(folder, made) {
  if (made.has(folder)) return;
  makeFolder(dirname(folder), made);
  mkdirSync(folder);
  made.add(folder);
}
