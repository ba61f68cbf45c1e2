import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { StowageError, messageOf } from "../errors.ts";
import type { SifSource } from "./source.ts";

/** A file that is open; whoever opened it closes it. */
export interface FileSource extends SifSource {
  readonly size: number;
  close(): Promise<void>;
}

/** Opens a regular file, through links, without waiting for a pipe. Throws StowageError ("image"). */
export async function openFileSource(path: string): Promise<FileSource> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new StowageError("image", `${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await handle.close();
    throw new StowageError("image", `${path}: is not a regular file`);
  }
  return {
    path,
    size: stats.size,
    bytesAt: async (position, length) => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position);
      return buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}
