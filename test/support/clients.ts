import { execFileSync } from "node:child_process";

/** Why tests with the real apptainer are skipped; undefined where they run. STOWAGE_TEST_CLIENTS=required insists. */
export function whyNoApptainer(): string | undefined {
  try {
    execFileSync("apptainer", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch (error) {
    if (process.env["STOWAGE_TEST_CLIENTS"] === "required") throw error;
    return "apptainer is not on PATH";
  }
}
