import { mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A file to be written: its path below the folder, with slashes, and what it holds. */
type FileEntry = readonly [path: string, body: string | Buffer];

/** Small sites are written at once: a thread takes longer to start than they take. */
const FILES_BEFORE_THREAD = 200;
/**
 * How much is handed over at a time, in characters, and how many such parcels may wait: this bounds the memory.
 * Larger parcels live so long that the collector of young garbage takes them for old.
 */
const PARCEL_SIZE = 64 * 1024;
const PARCELS_IN_FLIGHT = 16;
/** Most folders get one file, and a site may have a million of them. */
const FOLDERS_REMEMBERED = 1000;

/**
 * Writes the files of one folder, and throws where a path is written twice. When they are many, a thread writes them
 * while the next ones are being made: writing is a fourth of a large build (docs/performance.md).
 */
export class FileWriter {
  readonly #directory: string;
  readonly #folders = new Set<string>();
  /** Parcels that the thread has not written yet; shared with it. */
  readonly #inFlight = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  #thread: Worker | undefined;
  #parcel: FileEntry[] = [];
  #parcelSize = 0;
  #fileCount = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder of a path, and returns where the file goes. */
  prepare(path: string): string {
    const target = `${this.#directory}/${path}`;
    this.#makeFolder(target.slice(0, target.lastIndexOf("/")));
    return target;
  }

  write(path: string, body: string | Buffer): void {
    this.#fileCount++;
    if (this.#fileCount <= FILES_BEFORE_THREAD) return this.#writeHere([path, body]);
    this.#parcel.push([path, body]);
    this.#parcelSize += body.length;
    if (this.#parcelSize > PARCEL_SIZE) this.#handOver();
  }

  /** Resolves when every file is written. Throws what could not be written. */
  async finish(): Promise<void> {
    if (this.#parcel.length > 0) this.#handOver();
    if (!this.#thread) return;
    this.#thread.postMessage("end");
    const [failure] = (await once(this.#thread, "message")) as [Error | undefined];
    await this.stop();
    if (failure) throw failure;
  }

  /** Ends the thread, wherever it is. */
  async stop(): Promise<void> {
    await this.#thread?.terminate();
    this.#thread = undefined;
  }

  /** To the thread, unless it has enough to do: then both write. */
  #handOver(): void {
    const parcel = this.#parcel;
    this.#parcel = [];
    this.#parcelSize = 0;
    if (Atomics.load(this.#inFlight, 0) >= PARCELS_IN_FLIGHT) {
      for (const entry of parcel) this.#writeHere(entry);
      return;
    }
    this.#thread ??= new Worker(THREAD_SCRIPT, {
      eval: true,
      workerData: { directory: this.#directory, inFlight: this.#inFlight },
    });
    Atomics.add(this.#inFlight, 0, 1);
    this.#thread.postMessage(parcel);
  }

  #writeHere([path, body]: FileEntry): void {
    writeFileSync(this.prepare(path), body, { flag: "wx" });
  }

  #makeFolder(folder: string): void {
    if (folder === this.#directory || this.#folders.has(folder)) return;
    this.#makeFolder(folder.slice(0, folder.lastIndexOf("/")));
    mkdirSync(folder, { recursive: true });
    if (this.#folders.size >= FOLDERS_REMEMBERED) this.#folders.clear();
    this.#folders.add(folder);
  }
}

/** What the thread runs: text, so that it starts the same from TypeScript and from the built package. */
const THREAD_SCRIPT = `
const { mkdirSync, writeFileSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const { directory, inFlight } = workerData;
const folders = new Set();
let failure;

function makeFolder(folder) {
  if (folder === directory || folders.has(folder)) return;
  makeFolder(folder.slice(0, folder.lastIndexOf("/")));
  try { mkdirSync(folder); } catch (error) { if (error.code !== "EEXIST") throw error; }
  if (folders.size >= ${FOLDERS_REMEMBERED}) folders.clear();
  folders.add(folder);
}

parentPort.on("message", (parcel) => {
  if (parcel === "end") return parentPort.postMessage(failure);
  try {
    for (const [path, body] of failure ? [] : parcel) {
      const target = directory + "/" + path;
      makeFolder(target.slice(0, target.lastIndexOf("/")));
      writeFileSync(target, body, { flag: "wx" });
    }
  } catch (error) {
    failure = error;
  }
  Atomics.sub(inFlight, 0, 1);
});
`;
