import { type ChildProcess, execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { launchBrowser } from "./support/browser.ts";
import { PROJECT, runCli, startCli } from "./support/cli.ts";
import { whyNoApptainer } from "./support/clients.ts";
import { temporaryFolder } from "./support/registry.ts";

const run = promisify(execFile);

/** Long enough for a machine that runs every other test too. */
const PATIENCE = { timeout: 40_000, interval: 100 };

interface Serving {
  readonly child: ChildProcess;
  /** `http://127.0.0.1:41234/`, as printed. */
  readonly address: string;
  /** What it has printed so far. */
  readonly output: { stdout: string; stderr: string };
}

/** Starts `stowage serve` on a free port and waits until it says that it watches. */
async function serve(...args: string[]): Promise<Serving> {
  const child = startCli(["serve", "--port", "0", ...args]);
  onTestFinished(() => stop(child));
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  const address = await vi.waitFor(() => {
    if (child.exitCode !== null) throw new Error(`serve ended: ${output.stderr}`);
    expect(output.stderr).toContain("Ctrl-C stops");
    return /is served at (http:\S+)\n/.exec(output.stdout)?.[1] ?? "";
  }, PATIENCE);
  return { child, address, output };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "close");
}

/** A copy of the example registry, which a test may change. */
function copyOfExample(): string {
  const root = temporaryFolder();
  for (const name of ["registry", "registry.yml", "images"])
    cpSync(join(PROJECT, name), join(root, name), { recursive: true });
  return root;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** The line printed below a heading, without its indent. */
function lineBelow({ output }: Serving, heading: string): string {
  return new RegExp(`${heading}\\n +(.+)\\n`).exec(output.stdout)?.[1] ?? "";
}

describe("of the example registry", () => {
  test("prints an address that answers", async () => {
    const { address } = await serve("--out", join(temporaryFolder(), "_site"));
    expect(await (await fetch(address)).text()).toContain("<h1>Stowage examples</h1>");
  });

  test("prints a line that asks it where an image lies, which is there whole", async () => {
    const serving = await serve("--out", join(temporaryFolder(), "_site"));
    const ask = lineBelow(serving, "Ask it:");
    const { stdout } = await run("sh", ["-c", ask]);
    const { layers } = JSON.parse(stdout) as { layers: { digest: string; size: number; urls: string[] }[] };

    const url = layers[0]?.urls[0] ?? "";
    expect(url).toContain(serving.address);
    const image = Buffer.from(await (await fetch(url)).arrayBuffer());
    const kept = readFileSync(join(PROJECT, new URL(url).pathname));
    expect(image.equals(kept)).toBe(true);
    expect(image.length).toBe(layers[0]?.size);
    expect(`sha256:${createHash("sha256").update(image).digest("hex")}`).toBe(layers[0]?.digest);
  });

  test("prints a pull line that apptainer understands", async ({ skip }) => {
    const reason = whyNoApptainer();
    if (reason !== undefined) skip(reason);
    const serving = await serve("--out", join(temporaryFolder(), "_site"));
    const line = lineBelow(serving, "Pull from it:");
    const cwd = temporaryFolder();
    await run("sh", ["-c", line], { cwd, env: { ...process.env, APPTAINER_CACHEDIR: temporaryFolder() } });
    const [file = "", ...others] = readdirSync(cwd);
    expect(others).toEqual([]);
    expect(existsSync(join(PROJECT, "images/sha256", `${sha256(join(cwd, file))}.sif`))).toBe(true);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("ends with 0 on %s, even with a page open", async (signal) => {
    const { child, address } = await serve("--out", join(temporaryFolder(), "_site"));
    const open = await fetch(`${address}.stowage/reload`);
    const closed = open.text().catch(() => "closed");
    child.kill(signal);
    const [status] = (await once(child, "close")) as [number | null];
    expect(status).toBe(0);
    await closed;
  });
});

describe("while somebody edits", () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test("builds again, and open pages load themselves again", async () => {
    const root = copyOfExample();
    const { address, output } = await serve("--root", root, "--out", join(root, "_site"));
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.goto(`${address}vanessa/greeting/`);
    expect(await page.getByText("Edited just now").count()).toBe(0);
    const readme = join(root, "registry/vanessa/greeting/README.md");
    const text = readFileSync(readme, "utf8");
    await changeUntil(
      () => writeFileSync(readme, `${text}\nEdited just now.\n`),
      () => output.stderr.includes("Built again"),
    );
    await page.getByText("Edited just now").waitFor({ timeout: PATIENCE.timeout });
  });

  test("serves a tag that is added, and one that is taken away no more", async () => {
    const root = copyOfExample();
    const { address } = await serve("--root", root, "--out", join(root, "_site"));
    const from = join(root, "registry/vanessa/greeting/manifests/latest");
    const status = async () => (await fetch(`${address}vanessa/greeting/tags/added/`)).status;
    await changeUntil(
      () => cpSync(from, join(root, "registry/vanessa/greeting/manifests/added"), { recursive: true }),
      async () => (await status()) === 200,
    );
    const { tags } = (await (await fetch(`${address}vanessa/greeting/tags/`)).json()) as { tags: string[] };
    expect(tags).toContain("added");
    await changeUntil(
      () => rmSync(join(root, "registry/vanessa/greeting/manifests/added"), { recursive: true, force: true }),
      async () => (await status()) === 404,
    );
  });

  test("tells what is wrong with a README and keeps serving the rest", async () => {
    const root = copyOfExample();
    const { address, output, child } = await serve("--root", root, "--out", join(root, "_site"));
    const readme = join(root, "registry/vanessa/greeting/README.md");
    await changeUntil(
      () => writeFileSync(readme, "---\ndescription: [unclosed\n---\n"),
      () => output.stderr.includes("Built again"),
    );
    expect(output.stderr).toMatch(
      /registry\/vanessa\/greeting\/README\.md:\d+: error: .+ \[bad-front-matter\]/,
    );
    expect((await fetch(`${address}vanessa/fortune/`)).status).toBe(200);
    expect((await fetch(`${address}vanessa/greeting/`)).status).toBe(404);
    expect(child.exitCode).toBeNull();
  });

  test("keeps the last good site when registry.yml cannot be read", async () => {
    const root = copyOfExample();
    const { address, output, child } = await serve("--root", root, "--out", join(root, "_site"));
    const config = join(root, "registry.yml");
    const text = readFileSync(config, "utf8");
    await changeUntil(
      () => writeFileSync(config, "title: [unclosed\n"),
      () => output.stderr.includes("registry.yml:"),
    );
    expect((await fetch(`${address}vanessa/greeting/`)).status).toBe(200);
    await changeUntil(
      () => writeFileSync(config, text.replace("title: Stowage", "title: Mended")),
      async () => (await (await fetch(address)).text()).includes("Mended"),
    );
    expect(child.exitCode).toBeNull();
  });
});

test.each(["_site", "public"])(
  "builds once a change where the tree holds images and the site, %s",
  async (out) => {
    const root = temporaryFolder();
    cpSync(join(PROJECT, "registry"), root, { recursive: true });
    cpSync(join(PROJECT, "images"), join(root, "images"), { recursive: true });
    writeFileSync(join(root, "registry.yml"), "tree: .\n");
    const { output } = await serve("--root", root, "--out", join(root, out));
    const builds = () => output.stderr.split("Built again").length - 1;
    const readme = join(root, "vanessa/greeting/README.md");
    await changeUntil(
      () => appendFileSync(readme, "\nEdited.\n"),
      () => builds() > 0,
    );
    // That nothing more happens can only be waited for; its own output would set a build off every half second.
    await setTimeout(2000);
    expect(builds()).toBe(1);
  },
);

/** Makes a change again and again until it is seen: the first may come before the folder is watched. */
async function changeUntil(change: () => void, isSeen: () => boolean | Promise<boolean>): Promise<void> {
  change();
  let changes = 0;
  await vi.waitFor(async () => {
    // A change every two seconds: building must fall quiet in between.
    if (++changes % 20 === 0) change();
    expect(await isSeen()).toBe(true);
  }, PATIENCE);
}

describe("the port", () => {
  test("refuses one that is in use in one sentence", async () => {
    const taken = createServer();
    taken.listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const out = join(temporaryFolder(), "_site");
    const { status, stdout, stderr } = await runCli(["serve", "--port", String(port), "--out", out]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(`stowage: port ${port} is in use; choose another with --port\n`);
  });

  test.each(["foo", "-1", "65536", "80.5", "", "0x50", "1e3"])("refuses %j", async (port) => {
    const child = startCli(["serve", `--port=${port}`, "--out", join(temporaryFolder(), "_site")]);
    // Should the port be taken as one, the command would not end.
    onTestFinished(() => stop(child));
    let stderr = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    await vi.waitFor(() => expect(stderr).toContain("\n"), PATIENCE);
    expect(stderr).toMatch(/^stowage: .*--port.*\n$/);
    await vi.waitFor(() => expect(child.exitCode).toBe(2), PATIENCE);
  });
});

test("refuses a host that is none of this machine", async () => {
  const out = join(temporaryFolder(), "_site");
  const { status, stderr } = await runCli(["serve", "--port", "0", "--host", "192.0.2.1", "--out", out]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^stowage: cannot listen on 192\.0\.2\.1: .+\n$/);
});

test("ends with the reason when there is nothing to serve", async () => {
  const root = temporaryFolder();
  const { status, stdout, stderr } = await runCli([
    "serve",
    "--port",
    "0",
    "--root",
    root,
    "--out",
    join(root, "_site"),
  ]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^stowage: no tree at .+\n$/);
});

test("serves below the path of --url", async () => {
  const url = "http://registry.example.org/lab/";
  const out = join(temporaryFolder(), "_site");
  const child = startCli(["serve", "--port", "0", "--url", url, "--out", out]);
  onTestFinished(() => stop(child));
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  await vi.waitFor(() => expect(stdout).toContain("Pull from it"), PATIENCE);
  expect(stdout).toContain(`is served at ${url}`);
  expect(readFileSync(join(out, "index.html"), "utf8")).toContain('href="/lab/vanessa/greeting/"');
});
