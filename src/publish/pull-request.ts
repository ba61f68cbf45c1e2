import { StowageError } from "../errors.ts";
import { GITHUB_API, Github, isFine } from "../github.ts";

export interface PullRequestOptions {
  /** Default: https://api.github.com */
  readonly api?: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
  /** A branch of the repository, or `owner:branch` of a fork. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
}

export interface PullRequest {
  /** For people. */
  readonly url: string;
  readonly number: number;
  /** Whether it was not there before. */
  readonly isNew: boolean;
}

/** As GitHub has them. */
const LONGEST_TITLE = 256;
const LONGEST_BODY = 65_536;

/**
 * Proposes a branch: updates the pull request of that branch which is open, else opens one. Throws StowageError ("github")
 * where the branch brings nothing new, or the token may not.
 */
export async function openPullRequest(options: PullRequestOptions): Promise<PullRequest> {
  const { api = GITHUB_API, token } = options;
  const github = new Github({ api, token, errorCode: "github" });
  const open = await findOpen(github, options);
  if (open !== undefined) return await update(github, options, open);
  return (await create(github, options)) ?? (await updateAnothers(github, options));
}

/** Where a head is not understood GitHub lists all pull requests: each is looked at. */
async function findOpen(github: Github, options: PullRequestOptions): Promise<number | undefined> {
  const label = labelOf(options);
  const query = new URLSearchParams({ head: label, base: options.base, state: "open", per_page: "100" });
  for await (const item of github.list(`${pathOf(options)}?${query.toString()}`)) {
    const { number, head, base } = (item ?? {}) as Partial<Listed>;
    if (head?.label === label && base?.ref === options.base && typeof number === "number") return number;
  }
  return undefined;
}

/** What is read of a pull request in a list. */
interface Listed {
  readonly number: unknown;
  readonly head: { readonly label?: unknown };
  readonly base: { readonly ref?: unknown };
}

async function update(github: Github, options: PullRequestOptions, number: number): Promise<PullRequest> {
  const answer = await github.send(`${pathOf(options)}/${number}`, {
    method: "PATCH",
    json: textOf(options),
  });
  return parsePullRequest(github, github.parse(answer), false);
}

/** Undefined where somebody else opened one for this branch in the meantime. */
async function create(github: Github, options: PullRequestOptions): Promise<PullRequest | undefined> {
  const json = { ...textOf(options), head: options.head, base: options.base };
  const answer = await github.send(pathOf(options), { method: "POST", json, accept: [403, 422] });
  if (isFine(answer.status)) return parsePullRequest(github, github.parse(answer), true);
  if (/pull request already exists/i.test(answer.body)) return undefined;
  const { head, base, repository } = options;
  if (/no commits between/i.test(answer.body)) {
    throw github.error(
      `${repository}: ${head} has no commits that ${base} lacks; there is nothing to propose`,
    );
  }
  const refusal = github.refusal(pathOf(options), answer);
  throw answer.status === 403 ? github.error(`${refusal.message}; ${HOW_TO_PERMIT}`) : refusal;
}

const HOW_TO_PERMIT =
  "it needs pull requests: write, and for a workflow's own token “Allow GitHub Actions to create and approve pull requests” in the repository's settings";

async function updateAnothers(github: Github, options: PullRequestOptions): Promise<PullRequest> {
  const number = await findOpen(github, options);
  if (number !== undefined) return await update(github, options, number);
  throw github.error(
    `${options.repository}: GitHub says that ${options.head} has a pull request, and lists none`,
  );
}

function pathOf({ repository }: PullRequestOptions): string {
  if (/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(repository)) return `repos/${repository}/pulls`;
  throw new StowageError("github", `${repository} is not the name of a repository; expected owner/name`);
}

/** As GitHub labels it: `owner:branch`. */
function labelOf({ head, repository }: PullRequestOptions): string {
  return head.includes(":") ? head : `${repository.slice(0, repository.indexOf("/"))}:${head}`;
}

function textOf({ title, body }: PullRequestOptions) {
  return { title: title.slice(0, LONGEST_TITLE), body: body.slice(0, LONGEST_BODY) };
}

function parsePullRequest(github: Github, data: unknown, isNew: boolean): PullRequest {
  const { html_url: url, number } = (data ?? {}) as Record<string, unknown>;
  if (typeof url === "string" && typeof number === "number") return { url, number, isNew };
  throw github.error("GitHub's answer is not a pull request");
}
