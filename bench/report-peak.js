// Loaded before the measured program (`node --import`): when it ends, its peak memory in KiB goes to descriptor 3.
import { existsSync, readFileSync, writeSync } from "node:fs";

const STATUS = "/proc/self/status";

process.on("exit", () => writeSync(3, String(peakMemory())));

/** On Linux getrusage may still count the program that started this one; the kernel's VmHWM does not. */
function peakMemory() {
  const line = existsSync(STATUS) ? /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(STATUS, "utf8")) : null;
  return line ? Number(line[1]) : process.resourceUsage().maxRSS;
}
