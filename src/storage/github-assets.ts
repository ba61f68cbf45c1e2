import type { Github } from "../github.ts";
import type { ImageKey } from "./storage.ts";

/** A file of a release. */
export interface Asset {
  readonly id: number;
  readonly name: string;
  /** `uploaded`; `starter` where an upload broke off. */
  readonly state: string;
  /** Bytes. */
  readonly size: number;
  /** `sha256:<hex>`; not every GitHub says it. */
  readonly digest: string | undefined;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly isDraft: boolean;
  readonly uploadUrl: string;
  readonly assets: readonly Asset[];
}

/** A release in GitHub's answer. */
export function parseRelease(github: Github, data: unknown): Release {
  const { id, tag_name: tag, draft, upload_url: uploadUrl, assets } = (data ?? {}) as Record<string, unknown>;
  if (typeof id === "number" && typeof tag === "string" && typeof uploadUrl === "string") {
    const list = Array.isArray(assets) ? assets : [];
    return {
      id,
      tag,
      isDraft: draft === true,
      uploadUrl,
      assets: list.map((each) => parseAsset(github, each)),
    };
  }
  throw github.error("GitHub's answer is not a release");
}

/** An asset in GitHub's answer. */
export function parseAsset(github: Github, data: unknown): Asset {
  const { id, name, state, size, digest } = (data ?? {}) as Record<string, unknown>;
  if (typeof id === "number" && typeof name === "string" && typeof state === "string") {
    const length = typeof size === "number" ? size : 0;
    return { id, name, state, size: length, digest: typeof digest === "string" ? digest : undefined };
  }
  throw github.error("GitHub's answer is not a file of a release");
}

/** What an asset has against being an image; undefined where it is the whole image. */
export function assetProblem({ state, size, digest }: Asset, key: ImageKey): string | undefined {
  if (state !== "uploaded") return `its state is ${state}`;
  if (size !== key.size) return `it has ${size} bytes, not ${key.size}`;
  if (digest?.startsWith("sha256:") && digest !== `sha256:${key.sha256}`) return `its digest is ${digest}`;
  return undefined;
}
