import { type AuthClient, GoogleAuth, OAuth2Client, PassThroughClient } from "google-auth-library";
import { StowageError, messageOf } from "../errors.ts";
import type { Environment } from "./build-environment.ts";

/** What asks for tokens, or has one. */
export type GoogleCredentials = AuthClient | GoogleAuth;

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Who asks Google's services: the bearer of GOOGLE_OAUTH_ACCESS_TOKEN, else application default credentials
 * (GOOGLE_APPLICATION_CREDENTIALS, `gcloud auth application-default login`, the machine's own account). An address that
 * is not https gets no credentials, for everybody on the way could read them; one on this machine may have the token.
 */
export function googleAuth(endpoint: string, env: Environment): GoogleCredentials {
  const { protocol, hostname } = new URL(endpoint);
  const token = env["GOOGLE_OAUTH_ACCESS_TOKEN"];
  if (protocol !== "https:" && (token === undefined || !LOOPBACK.test(hostname))) {
    return new PassThroughClient();
  }
  if (token !== undefined) {
    const bearer = new OAuth2Client();
    bearer.setCredentials({ access_token: token });
    return bearer;
  }
  const keyFilename = env["GOOGLE_APPLICATION_CREDENTIALS"];
  return new GoogleAuth({ scopes: SCOPE, ...(keyFilename !== undefined && { keyFilename }) });
}

/** The Authorization header of a request, if there are credentials. Throws StowageError ("build") where they fail. */
export async function authorization(auth: GoogleCredentials): Promise<Record<string, string>> {
  try {
    const answer = await auth.getAccessToken();
    const token = typeof answer === "object" ? answer?.token : answer;
    return typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
  } catch (error) {
    throw new StowageError(
      "build",
      `builder: no credentials for Google Cloud: ${messageOf(error)}; set GOOGLE_APPLICATION_CREDENTIALS`,
      { cause: error },
    );
  }
}
