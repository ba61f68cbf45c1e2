import type { ImageObject } from "./model.ts";

/** What a record keeps of an object: these keys and no other, in this order. */
export function imageObjectOf(object: ImageObject): ImageObject {
  const { id, type, offset, size, name, fileSystem, partition, format } = object;
  return {
    id,
    type,
    offset,
    size,
    ...(name !== undefined && { name }),
    ...(fileSystem !== undefined && { fileSystem }),
    ...(partition !== undefined && { partition }),
    ...(format !== undefined && { format }),
  };
}
