import { execFileSync } from "node:child_process";
import { builderContract } from "./contract.ts";
import { openBuilder } from "../../src/build/open-builder.ts";

builderContract("apptainer", () => ({
  open: (env) => openBuilder({ kind: "apptainer" }, { env }),
  name: "apptainer",
  version: execFileSync("apptainer", ["--version"], { encoding: "utf8" }).trim().split(" ").at(-1),
  command: "apptainer build",
}));
