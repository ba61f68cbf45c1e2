import { printable } from "../printable.ts";

/**
 * One line on a terminal that says what is going on and is gone afterwards; where there is no terminal, only the lines
 * that stay are printed.
 */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #isLive: boolean;
  readonly #started = performance.now();
  #shown = -Infinity;

  constructor(stream: NodeJS.WriteStream, { isQuiet = false } = {}) {
    this.#stream = stream;
    this.#isLive = stream.isTTY && !isQuiet;
  }

  /** Replaces the line, ten times a second at most. A stranger's words cannot command the terminal. */
  show(text: string): void {
    const now = performance.now();
    if (!this.#isLive || now - this.#shown < 100) return;
    this.#shown = now;
    const seconds = Math.floor((now - this.#started) / 1000);
    const line = `${String(seconds)} s  ${printable(text.trim())}`;
    this.#stream.write(`\r\u001b[2K${line.slice(0, (this.#stream.columns ?? 80) - 1)}`);
  }

  /** Takes the line away, so that another can be printed. */
  clear(): void {
    if (this.#isLive) this.#stream.write("\r\u001b[2K");
    this.#shown = -Infinity;
  }
}
