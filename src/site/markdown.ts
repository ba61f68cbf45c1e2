import MarkdownIt from "markdown-it";
import anchor from "markdown-it-anchor";
import { escapeHtml } from "../html.ts";

/** Prefix of every id that a README makes, so that none is the page's own. */
const ID_PREFIX = "readme-";
/** A README stands below the page's h1 and its section's h2. */
const HEADING_SHIFT = 2;
const LOWEST_HEADING = 6;

const markdown = new MarkdownIt({ html: false, linkify: true, maxNesting: 50 });
// `run.py` and `build.sh` are files, not hosts.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
markdown.use(anchor, { slugify: slug });
markdown.core.ruler.push("stowage-headings", (state) => {
  for (const token of state.tokens) {
    if (token.type === "heading_open" || token.type === "heading_close") {
      token.tag = `h${Math.min(Number(token.tag.slice(1)) + HEADING_SHIFT, LOWEST_HEADING)}`;
    }
  }
});
// A remote picture would tell a third party who reads the page: it becomes a link.
markdown.renderer.rules.image = (tokens, index) => {
  const token = tokens[index];
  const address = String(token?.attrGet("src") ?? "");
  return `<a href="${escapeHtml(address)}" rel="nofollow ugc">${escapeHtml(token?.content || address)}</a>`;
};
// A table may be wider than a phone.
markdown.renderer.rules.table_open = () => '<div class="scroll" tabindex="0"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.renderer.rules.link_open = (tokens, index, options, _environment, renderer) => {
  tokens[index]?.attrSet("rel", "nofollow ugc");
  return renderer.renderToken(tokens, index, options);
};

function slug(text: string): string {
  return ID_PREFIX + encodeURIComponent(text.trim().toLowerCase().replace(/\s+/g, "-"));
}

/**
 * A stranger's Markdown as HTML. Raw HTML is shown as text; `javascript:`, `vbscript:`, `file:` and `data:` links
 * stay text; nothing is loaded from anywhere.
 */
export function renderMarkdown(text: string): string {
  return markdown.render(text);
}
