import { StowageError, messageOf } from "../errors.ts";
import { type Answer, type NetworkOptions, ask } from "../http.ts";
import { type Credentials, HOW_TO_LOG_IN } from "./credentials.ts";

/** Who asks, and whom. */
export interface Asker {
  /** The registry, as its images' addresses name it. */
  readonly host: string;
  readonly isPlainHttp: boolean;
  readonly credentials: Credentials | undefined;
  /** How connections are made, where not everything may be asked. */
  readonly network?: NetworkOptions;
}

/** What a registry wants to see, as `WWW-Authenticate` says it. */
interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: ReadonlyMap<string, string>;
}

/** What to put into `Authorization` after a registry answered 401. Throws StowageError ("storage") where there is nothing. */
export async function authorize(challenge: string | undefined, asker: Asker): Promise<string> {
  const { scheme, parameters } = parseChallenge(challenge) ?? unknownChallenge(asker);
  if (scheme === "bearer") return `Bearer ${await fetchToken(parameters, asker)}`;
  if (asker.credentials) return basic(asker.credentials);
  throw new StowageError("storage", `${asker.host}: wants to know who asks; ${HOW_TO_LOG_IN}`);
}

function parseChallenge(text = ""): Challenge | undefined {
  const [, bearer] = /\bbearer\s+(.*)/is.exec(text) ?? [];
  if (bearer !== undefined) return { scheme: "bearer", parameters: parseParameters(bearer) };
  return /\bbasic\b/i.test(text) ? { scheme: "basic", parameters: new Map() } : undefined;
}

/** The first of each name: another challenge may follow. */
function parseParameters(text: string): Map<string, string> {
  const found = [...text.matchAll(/(?<![a-z_])([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))/gi)];
  return new Map(
    found.toReversed().map(([, name = "", quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ""]),
  );
}

function unknownChallenge({ host }: Asker): never {
  throw new StowageError(
    "storage",
    `${host}: wants to know who asks in a way that is neither Bearer nor Basic`,
  );
}

function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** Asks the token server that the registry names, which may be anywhere. */
async function fetchToken(parameters: ReadonlyMap<string, string>, asker: Asker): Promise<string> {
  const realm = realmOf(parameters.get("realm"), asker);
  const service = parameters.get("service");
  if (service !== undefined) realm.searchParams.set("service", service);
  for (const scope of parameters.get("scope")?.split(" ") ?? []) realm.searchParams.append("scope", scope);
  return tokenIn(await askRealm(realm, asker), realm, asker);
}

/** A password goes nowhere by plain http, except where the registry itself is asked so. */
function realmOf(realm: string | undefined, { host, isPlainHttp }: Asker): URL {
  const url = realm !== undefined && URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === "https:") return url;
  const isOwn = url?.protocol === "http:" && url.hostname === new URL(`http://${host}`).hostname;
  if (isPlainHttp && isOwn) return url;
  throw new StowageError(
    "storage",
    `${host}: names a token server that is not https; no password goes there`,
  );
}

async function askRealm(realm: URL, { host, credentials, network }: Asker): Promise<Answer> {
  const headers = credentials ? { authorization: basic(credentials) } : {};
  try {
    return await ask(realm, { ...network, headers, followRedirect: false });
  } catch (error) {
    throw new StowageError(
      "storage",
      `${host}: its token server ${realm.host} does not answer: ${messageOf(error)}`,
    );
  }
}

function tokenIn({ status, body }: Answer, realm: URL, { host, credentials }: Asker): string {
  const token = status === 200 ? parseToken(body) : undefined;
  if (token !== undefined) return token;
  const why = credentials ? "refused the user name and password" : "gives nobody a token without a password";
  throw new StowageError(
    "storage",
    `${host}: its token server ${realm.host} ${why} (${status}); ${HOW_TO_LOG_IN}`,
  );
}

/** A token with a line end in it would be another header. */
function parseToken(body: string): string | undefined {
  try {
    const { token, access_token } = JSON.parse(body) as Record<string, unknown>;
    const found = token ?? access_token;
    return typeof found === "string" && /^[\x21-\x7e]+$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
