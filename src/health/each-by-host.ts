import { groupBy } from "../group-by.ts";

export interface ByHostOptions<T> {
  readonly hostOf: (item: T) => string;
  /** Items at once, in all and of one host. */
  readonly concurrency: number;
  readonly perHost: number;
  /** Nothing is begun after it. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` for every item, the hosts in turn, so that a slow one keeps no other waiting. */
export async function eachByHost<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  { hostOf, concurrency, perHost, signal }: ByHostOptions<T>,
): Promise<void> {
  const groups = groupBy(items, (item) => [hostOf(item)]);
  // Those that may begin an item. What may be begun at once only becomes less, so that a worker without any can end.
  const ready = [...groups.values()].map((waiting) => ({ waiting: waiting.toReversed(), running: 0 }));
  const runAll = async (): Promise<void> => {
    for (let host = ready.shift(); host; host = ready.shift()) {
      if (signal?.aborted) return;
      const item = host.waiting.pop()!;
      host.running++;
      if (host.waiting.length > 0 && host.running < perHost) ready.push(host);
      await work(item);
      if (host.running-- === perHost && host.waiting.length > 0) ready.push(host);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, runAll));
}
