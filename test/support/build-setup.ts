import { execFileSync } from "node:child_process";
import { PROJECT, isCounting } from "./cli.ts";

/** Builds the package once, so that tests of the command line run what is published. */
export default function setup(): void {
  const more = isCounting ? ["--", "--sourceMap"] : [];
  execFileSync("npm", ["run", "--silent", "build", ...more], { cwd: PROJECT, stdio: "inherit" });
}
