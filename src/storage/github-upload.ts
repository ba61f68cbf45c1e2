import { setTimeout } from "node:timers/promises";
import { StowageError, messageOf } from "../errors.ts";
import { type Github, NoGithubAnswer, isFine } from "../github.ts";
import type { Answer } from "../http.ts";
import { assetProblem, parseAsset } from "./github-assets.ts";
import type { ImageFile } from "./image-file.ts";
import type { ImageKey } from "./storage.ts";

export interface AssetUpload {
  readonly name: string;
  /** As the release says it, with `{?name,label}` at its end. */
  readonly uploadUrl: string;
  readonly key: ImageKey;
  readonly file: ImageFile;
  /** Takes away what an upload left that broke off: its name is in use. */
  readonly removePartial: () => Promise<void>;
}

const UPLOADS = 3;
/** Seconds, where GitHub does not say how long. */
const PAUSE = 1;
const LONGEST_PAUSE = 60;

/**
 * Uploads an image into a release, again from its beginning where the connection breaks: GitHub has no other way. What
 * arrived is held against what was sent.
 */
export async function uploadAsset(github: Github, upload: AssetUpload): Promise<void> {
  for (let tries = 1; ; tries++) {
    await upload.removePartial();
    const problem = await uploadOnce(github, upload);
    if (!problem) return;
    if (!problem.mayRetry || tries === UPLOADS) throw problem.error;
    await setTimeout(problem.pause * 1000);
  }
}

interface Problem {
  readonly error: StowageError;
  readonly mayRetry: boolean;
  /** Seconds. */
  readonly pause: number;
}

async function uploadOnce(github: Github, upload: AssetUpload): Promise<Problem | undefined> {
  const url = addressOf(github, upload);
  const stream = upload.file.stream();
  const failure = new Promise<unknown>((resolve) => void stream.once("error", resolve));
  try {
    const answer = await github.upload(url, stream, upload.key.size);
    return isFine(answer.status)
      ? await arrivalProblem(github, upload, answer)
      : statusProblem(github, url, answer);
  } catch (error) {
    if (stream.errored) throw unreadable(upload, await failure);
    if (!(error instanceof NoGithubAnswer)) throw error;
    return { error, mayRetry: true, pause: PAUSE };
  } finally {
    stream.destroy();
  }
}

/** What the file has to say of itself stays as it is. */
function unreadable({ file }: AssetUpload, error: unknown): StowageError {
  if (error instanceof StowageError) return error;
  return new StowageError("storage", `${file.path}: cannot be read to its end: ${messageOf(error)}`, {
    cause: error,
  });
}

function addressOf(github: Github, { name, uploadUrl }: AssetUpload): URL {
  const text = uploadUrl.replace(/\{[^}]*\}$/, "");
  if (!URL.canParse(text)) throw github.error("GitHub does not say where to upload the image");
  const url = new URL(text);
  url.searchParams.set("name", name);
  return url;
}

function statusProblem(github: Github, url: URL, answer: Answer): Problem {
  const wait = Number(answer.headers["retry-after"] ?? Number.NaN);
  const mustWait = (answer.status === 403 || answer.status === 429) && wait <= LONGEST_PAUSE;
  return {
    error: github.refusal(url.pathname, answer),
    mayRetry: mustWait || answer.status >= 500,
    pause: mustWait ? wait : PAUSE,
  };
}

/** Nothing but the whole image may be published. */
async function arrivalProblem(
  github: Github,
  upload: AssetUpload,
  answer: Answer,
): Promise<Problem | undefined> {
  const reason = assetProblem(parseAsset(github, github.parse(answer)), upload.key);
  if (reason === undefined) return undefined;
  await upload.removePartial();
  return {
    error: github.error(`${upload.name}: GitHub has another file than was sent: ${reason}`),
    mayRetry: false,
    pause: PAUSE,
  };
}
