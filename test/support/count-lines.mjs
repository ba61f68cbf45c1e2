import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

/*
 * Loaded into the command line before all else: when that ends, it writes down which parts of our own scripts ran. Node.js
 * does the same for NODE_V8_COVERAGE, but with all of node_modules, which is megabytes a process.
 */

const folder = process.env["CLI_COVERAGE"] ?? "coverage";
const dist = new URL("../../dist/", import.meta.url).href;
const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });

process.on("exit", () => {
  session.post("Profiler.takePreciseCoverage", (_, { result }) => {
    const scripts = result.filter(({ url }) => url.startsWith(dist));
    try {
      writeFileSync(join(folder, `${process.pid}-${process.hrtime.bigint()}.json`), JSON.stringify(scripts));
    } catch {
      // Some tests run it as nobody, who may write nothing here.
    }
  });
});
