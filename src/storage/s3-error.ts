import { StowageError, messageOf, systemCode } from "../errors.ts";

/** What could not be done with an image. */
export type S3Action = "stored" | "looked for" | "signed for" | "removed";

const CHECK_KEYS =
  "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, where the keys are temporary)";
const CHECK_RIGHTS =
  "allow these credentials s3:PutObject, s3:GetObject, s3:ListBucket and s3:AbortMultipartUpload on this bucket";
const CHANGED = "bytes changed on their way, so that nothing was stored; try again";
const CHECK_REGION = "check storage.region and storage.endpoint in registry.yml";

/** What to do about the service's own code. */
const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: "make the bucket, or mend storage.bucket in registry.yml",
  AccessDenied: CHECK_RIGHTS,
  Forbidden: CHECK_RIGHTS,
  InvalidAccessKeyId: CHECK_KEYS,
  SignatureDoesNotMatch: CHECK_KEYS,
  ExpiredToken: CHECK_KEYS,
  InvalidToken: CHECK_KEYS,
  RequestTimeTooSkewed: "set this machine's clock",
  PermanentRedirect: CHECK_REGION,
  AuthorizationHeaderMalformed: CHECK_REGION,
  BadDigest: CHANGED,
  XAmzContentSHA256Mismatch: CHANGED,
  EntityTooLarge: "the service takes no object of this size",
  CredentialsProviderError:
    "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
};
const OTHER_ADVICE = "check storage in registry.yml, and try again";
/** A stranger's server chooses it. */
const LONGEST_CODE = 100;

/**
 * What the SDK threw, as an error for people. Only the service's code is told: its sentences may repeat what was sent. An
 * error of the image itself stays what it is.
 */
export function s3Error(error: unknown, action: S3Action, object: string): StowageError {
  if (error instanceof StowageError) return error;
  const reason = reasonOf(error);
  const what = `${object}: cannot be ${action}: ${reason}; ${ADVICE[reason] ?? OTHER_ADVICE}`;
  return new StowageError("storage", what, { cause: error });
}

/** `NoSuchBucket`, `ECONNREFUSED`, or `HTTP 500` where the service gave no code: an answer to HEAD has no body. */
function reasonOf(error: unknown): string {
  const { name, status } = describe(error);
  if (status === 403 && !ADVICE[name]) return "Forbidden";
  if (name === "Unknown" || name === "UnknownError") return `HTTP ${status ?? "?"}`;
  return (systemCode(error) ?? (name === "Error" ? messageOf(error) : name)).slice(0, LONGEST_CODE);
}

function describe(error: unknown): { name: string; status: number | undefined } {
  if (!(error instanceof Error)) return { name: "Error", status: undefined };
  const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return { name, status: $metadata?.httpStatusCode };
}
