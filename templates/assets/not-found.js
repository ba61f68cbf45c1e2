// Says which collections and tags have names like the address that is not there.
import { SearchIndex } from "./search-index.js";
import { mistakes } from "./search-words.js";

const MOST_NAMES = 5;
/** How many of so many letters may be wrong. */
const forgiven = (text) => Math.min(3, Math.floor(text.length / 3));

const site = new URL("../", import.meta.url);
const index = new SearchIndex(new URL("search/", site));
const place = document.querySelector("[data-nearest]");

/** The collection and the tag that an address below the site may have meant. */
function askedFor() {
  const path = location.pathname.slice(site.pathname.length);
  const segments = decoded(path)
    .split("/")
    .filter((segment) => segment !== "" && !/^index\.(html|json)$/.test(segment));
  const end = segments.findIndex((segment) => /^(tags|manifests)$/i.test(segment));
  if (end >= 0) return { name: segments.slice(0, end).join("/"), tag: segments[end + 1] };
  const [name, tag] = segments.join("/").split(":");
  return { name, tag };
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Names with the addresses of their pages: the tag that is nearest, where a tag was asked for. */
async function nearest({ name, tag }) {
  if (name === "") return [];
  const { ids } = await index.search(name);
  const results = await index.results(ids.slice(0, MOST_NAMES));
  const near = results.filter((result) => isNear(result.name, name));
  return near.map((result) => {
    const like = tag && nearestTag(tag, result.tags ?? []);
    const path = like ? `${result.name}/tags/${like}/` : `${result.name}/`;
    return { text: like ? `${result.name}:${like}` : result.name, href: new URL(path, site).href };
  });
}

/** Whether the last part of what was asked for is a part of the name, or nearly so. */
function isNear(name, asked) {
  const last = asked.slice(asked.lastIndexOf("/") + 1).toLowerCase();
  const parts = name.toLowerCase().split("/");
  return parts.some((part) => mistakes(last, part, forgiven(last)) <= forgiven(last));
}

function nearestTag(asked, tags) {
  const most = Math.floor(asked.length / 2);
  const rated = tags.map((tag) => ({ tag, wrong: tag === asked ? -1 : mistakes(asked, tag, most) }));
  const [best] = rated.filter(({ wrong }) => wrong <= most).sort((a, b) => a.wrong - b.wrong);
  return best?.tag;
}

const names = await nearest(askedFor());
if (names.length > 0) {
  const links = names.flatMap(({ text, href }, number) => {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = text;
    return [number === 0 ? "" : number === names.length - 1 ? " or " : ", ", link];
  });
  place.append("Did you mean ", ...links, "?");
}
