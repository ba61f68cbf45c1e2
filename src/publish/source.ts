import type { ImageRecord } from "../registry/model.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The repository and commit that CI builds, as GitHub Actions and CircleCI tell it; undefined anywhere else. */
export function sourceOf(env: Environment): ImageRecord["source"] {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name, GITHUB_SHA, CIRCLE_SHA1 } = env;
  const repository = server && name ? `${server}/${name}` : webAddress(env["CIRCLE_REPOSITORY_URL"] ?? "");
  if (repository === undefined) return undefined;
  const revision = GITHUB_SHA ?? CIRCLE_SHA1;
  return { repository, ...(revision !== undefined && { revision }) };
}

const HTTPS = /^https:\/\/(?:[^@/\s]*@)?([A-Za-z0-9.-]+(?::\d+)?\/[A-Za-z0-9._/-]+?)(?:\.git)?\/?$/;
const SSH = /^(?:ssh:\/\/)?git@([A-Za-z0-9.-]+)[:/]([A-Za-z0-9._/-]+?)(?:\.git)?\/?$/;

/** Where people see a repository that git calls so, without the secrets that an address may hold. */
export function webAddress(remote: string): string | undefined {
  const https = HTTPS.exec(remote);
  if (https) return `https://${https[1]}`;
  const ssh = SSH.exec(remote);
  return ssh ? `https://${ssh[1]}/${ssh[2]}` : undefined;
}
