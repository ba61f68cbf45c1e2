import { printable } from "../printable.ts";

/** Milliseconds between two looks of the line: as often as it changes, but no more than that; and the clock goes on. */
const SHORTEST = 100;
const LONGEST = 1000;

/**
 * One line on a terminal that says what is going on, and for how long, and is gone afterwards. Where there is no
 * terminal nothing is shown: what stays is printed in lines of its own.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #isLive: boolean;
  #text = "";
  #started = performance.now();
  #drawn = -Infinity;
  #clock: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, { isQuiet = false } = {}) {
    this.#stream = stream;
    this.#isLive = stream.isTTY && !isQuiet;
  }

  /** Replaces the line. A stranger's words cannot command the terminal. */
  show(text: string): void {
    if (!this.#isLive) return;
    this.#text = printable(text.trim());
    if (!this.#clock) {
      this.#started = performance.now();
      this.#clock = setInterval(() => this.#draw(), LONGEST).unref();
    }
    if (performance.now() - this.#drawn >= SHORTEST) this.#draw();
  }

  /** Takes the line away, so that another can be printed. */
  clear(): void {
    if (!this.#clock) return;
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#drawn = -Infinity;
    this.#stream.write("\r\u001b[2K");
  }

  #draw(): void {
    this.#drawn = performance.now();
    const seconds = Math.floor((this.#drawn - this.#started) / 1000);
    const line = `${seconds} s  ${this.#text}`;
    this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns || 80) - 1)}`);
  }
}
