import MarkdownIt from "markdown-it";
import type { ReadmeLinks } from "../check/check-links.ts";
import { escapeHtml } from "../html.ts";

/** Prefix of every id that a README makes, so that none is the page's own. */
const ID_PREFIX = "readme-";
/** A README stands below the page's h1 and its section's h2; no level is skipped, whatever it skips itself. */
const HEADING_SHIFT = 2;
const LOWEST_HEADING = 6;
/** What addresses and titles may add up to, in characters: a reference may name a long one a hundred thousand times. */
const SMALLEST_ADDRESS_BUDGET = 100_000;
/** Schemes that a link may have; without one it is relative. */
const ALLOWED_LINK = /^(?:https?:|mailto:|ftp:|(?![a-z][a-z0-9+.-]*:))/i;

const markdown = new MarkdownIt({ html: false, linkify: true, maxNesting: 50 });
markdown.validateLink = (address) => ALLOWED_LINK.test(address.trim());
// `run.py` and `build.sh` are files, not hosts; `//` alone makes the search for links quadratic.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false }).add("//", null);

type Token = ReturnType<typeof markdown.parse>[number];

markdown.core.ruler.push("stowage", (state) => {
  const slugs = new Map<string, number>();
  const ids = new Map<string, string>();
  const outline: number[] = [];
  for (const [index, token] of state.tokens.entries()) {
    if (token.type === "heading_open") {
      descend(outline, levelOf(token));
      markHeading(token, state.tokens[index + 1], slugs, ids);
    }
    if (token.type === "heading_open" || token.type === "heading_close") token.tag = tagAt(outline.length);
    if (token.type === "th_open" || token.type === "td_open") alignByClass(token);
  }
  // Links may come before the headings that they lead to.
  let budget = Math.max(state.src.length, SMALLEST_ADDRESS_BUDGET);
  for (const { children } of state.tokens) {
    if (!children) continue;
    leadToHeadings(children, ids);
    budget = checkLinks(children, budget);
  }
});

/** Gives a heading its id, and puts down in `ids` what links may call it. */
function markHeading(
  heading: Token,
  content: Token | undefined,
  slugs: Map<string, number>,
  ids: Map<string, string>,
): void {
  const text = (content?.children ?? []).map((child) => child.content).join("");
  const slug = slugOf(text);
  const count = slugs.get(slug) ?? 0;
  slugs.set(slug, count + 1);
  // `~` is in no slug, so that no heading can be called what another is numbered.
  const id = `${ID_PREFIX}${slug}${count === 0 ? "" : `~${count}`}`;
  heading.attrSet("id", id);
  const suffix = count === 0 ? "" : `-${count}`;
  for (const name of [id, `${slug}${suffix}`, `${forgeSlugOf(text)}${suffix}`])
    if (!ids.has(name)) ids.set(name, id);
}

/** What a README calls its headings on its forge, they are called here, too. */
function leadToHeadings(tokens: readonly Token[], ids: ReadonlyMap<string, string>): void {
  for (const token of tokens) {
    const target = token.type === "link_open" ? String(token.attrGet("href") ?? "") : "";
    const id = target.startsWith("#") ? ids.get(markdown.utils.lib.mdurl.decode(target.slice(1))) : undefined;
    if (id !== undefined) token.attrSet("href", markdown.normalizeLink(`#${id}`));
  }
}

/** Makes `outline`, the levels of the headings that a place stands below, end in `level`. */
function descend(outline: number[], level: number): void {
  while ((outline.at(-1) ?? 0) >= level) outline.pop();
  outline.push(level);
}

function levelOf({ tag }: Token): number {
  return Number(tag.slice(1));
}

function tagAt(depth: number): string {
  return `h${Math.min(depth + HEADING_SHIFT, LOWEST_HEADING)}`;
}

/** A style attribute is what the pages' Content-Security-Policy refuses: style.css knows `center` and `right`. */
function alignByClass(cell: Token): void {
  const [, alignment] = /^text-align:(center|right)$/.exec(String(cell.attrGet("style") ?? "")) ?? [];
  cell.attrs = alignment ? [["class", alignment]] : null;
}

function slugOf(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.join("-") || "section";
}

/** The name that GitHub gives to a heading: `what-it-does` for "What it does". */
function forgeSlugOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}

/** Blanks addresses beyond the budget, tells pictures whether they stand in a link, and returns what is left. */
function checkLinks(tokens: readonly Token[], budget: number): number {
  let left = budget;
  let isInLink = false;
  for (const token of tokens) {
    if (token.type === "link_open") isInLink = true;
    if (token.type === "link_close") isInLink = false;
    if (token.type === "image") token.meta = { isInLink };
    for (const attribute of token.attrs ?? []) {
      left -= String(attribute[1]).length;
      if (left < 0) attribute[1] = "";
    }
  }
  return left;
}

// A remote picture would tell a third party who reads the page: it becomes a link, or text where it is in one.
markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  const address = String(token?.attrGet("src") ?? "");
  const text = escapeHtml(token?.content || address);
  const { isInLink } = (token?.meta ?? {}) as { isInLink?: boolean };
  return isInLink ? text : `<a href="${escapeHtml(address)}" rel="nofollow ugc">${text}</a>`;
};
// A table may be wider than a phone.
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.renderer.rules.link_open = (tokens, index, options, _environment, renderer) => {
  tokens[index]?.attrSet("rel", "nofollow ugc");
  return renderer.renderToken(tokens, index, options);
};

/**
 * A stranger's Markdown as HTML. Raw HTML is shown as text; a link that is not to the web, mail or a relative
 * address stays text; nothing is loaded from anywhere. Time and output grow with the text, whatever is in it.
 */
export function renderMarkdown(text: string): string {
  return markdown.render(text);
}

/** Where the links and pictures of a stranger's Markdown lead once it is a page, and the headings that it has. */
export function readLinks(text: string): ReadmeLinks {
  const links: { target: string; line: number }[] = [];
  const anchors = new Set<string>();
  let start = 1;
  for (const token of markdown.parse(text, {})) {
    if (token.map) start = token.map[0] + 1;
    if (token.type === "heading_open") anchors.add(String(token.attrGet("id")));
    let line = start;
    for (const child of token.children ?? []) {
      if (child.type === "softbreak" || child.type === "hardbreak") line++;
      const target = child.attrGet("href") ?? child.attrGet("src");
      if (target) links.push({ target: String(target), line });
    }
  }
  return { links, anchors };
}
