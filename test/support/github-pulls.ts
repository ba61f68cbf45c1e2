import { type Asked, type Pull, REPOSITORY, type State, jsonOf, send, sendPage } from "./github-state.ts";

/** A head without an owner is not understood, and all are listed. */
export function listPulls(asked: Asked): void {
  const head = asked.url.searchParams.get("head");
  const base = asked.url.searchParams.get("base");
  const found = asked.state.pulls.filter(
    (pull) =>
      pull.isOpen && (!head?.includes(":") || pull.head === head) && (base === null || pull.base === base),
  );
  sendPage(
    asked,
    found.map((pull) => pullJson(asked.state, pull)),
  );
}

export function createPull({ state, response, body }: Asked): void {
  const { title, body: text, head, base } = jsonOf(body);
  const label = String(head).includes(":")
    ? String(head)
    : `${REPOSITORY.replace(/\/.*/, "")}:${String(head)}`;
  const message = pullProblem(state, label, String(base));
  if (message !== undefined) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ resource: "PullRequest", code: "custom", message }],
    });
  }
  send(
    response,
    201,
    pullJson(state, Object.assign(state.openPull(label, String(base)), { title, body: text })),
  );
}

function pullProblem(state: State, head: string, base: string): string | undefined {
  if (state.branchesWithoutCommits.has(head)) return `No commits between ${base} and ${head}`;
  const isOpen = state.pulls.some((pull) => pull.isOpen && pull.head === head && pull.base === base);
  return isOpen ? `A pull request already exists for ${head}.` : undefined;
}

export function updatePull({ state, response, words: [number], body }: Asked): void {
  const pull = state.pulls.find((each) => String(each.number) === number);
  if (!pull) return send(response, 404, { message: "Not Found" });
  const { title, body: text } = jsonOf(body);
  send(response, 200, pullJson(state, Object.assign(pull, { title, body: text })));
}

function pullJson({ url }: State, { number, head, base, title, body }: Pull): object {
  const [, ref] = head.split(":");
  return {
    number,
    title,
    body,
    html_url: `${url}/${REPOSITORY}/pull/${number}`,
    head: { label: head, ref },
    base: { ref: base },
  };
}
