import { describe, expect, test } from "vitest";
import { expectLinear, fill } from "../support/linear.ts";

let sink = 0;

/** Does as much as that. */
function work(amount: number): void {
  for (let count = 0; count < amount; count++) sink = (sink * 31 + count) | 0;
}

const text = (size: number) => fill("ab", size);

describe("whether time grows with the text", () => {
  test("is told of what takes its square", async () => {
    const read = ({ length }: string) => work(length ** 2 / 60);
    await expect(expectLinear(read, text)).rejects.toThrow(/eight times what took/);
  });

  test("is told of what takes its square only later", async () => {
    const read = async ({ length }: string) => work(length ** 2 / (await Promise.resolve(60)));
    await expect(expectLinear(read, text)).rejects.toThrow(/eight times what took/);
  });

  test("is believed of what is slow and linear, and of what is fast", async () => {
    await expectLinear(({ length }) => work(length * 800), text);
    await expectLinear(({ length }) => work(length ** 2 / 1_000_000), text);
    expect(fill("ab", 9)).toHaveLength(10);
  });
});
