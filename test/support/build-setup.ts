import { execFileSync } from "node:child_process";
import { PROJECT } from "./cli.ts";

/** Builds the package once, so that tests of the command line run what is published. */
export default function setup(): void {
  execFileSync("npm", ["run", "--silent", "build"], { cwd: PROJECT, stdio: "inherit" });
}
