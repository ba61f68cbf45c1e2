import { createHash } from "node:crypto";
import { createPull, listPulls, updatePull } from "./github-pulls.ts";
import {
  type Asked,
  type Asset,
  REPOSITORY,
  type Release,
  type State,
  jsonOf,
  send,
  sendPage,
} from "./github-state.ts";

type Route = (asked: Asked) => void;

const RELEASES = `/repos/${REPOSITORY}/releases`;
const PULLS = `/repos/${REPOSITORY}/pulls`;

export const ROUTES: readonly (readonly [method: string, path: RegExp, route: Route])[] = [
  ["GET", new RegExp(`^${RELEASES}$`), listReleases],
  ["POST", new RegExp(`^${RELEASES}$`), createRelease],
  ["GET", new RegExp(`^${RELEASES}/tags/([^/]+)$`), releaseByTag],
  [
    "GET",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => showRelease(asked, 200, release)),
  ],
  [
    "PATCH",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => updateRelease(asked, release)),
  ],
  [
    "DELETE",
    new RegExp(`^${RELEASES}/(\\d+)$`),
    (asked) => withRelease(asked, (release) => deleteRelease(asked, release)),
  ],
  ["DELETE", new RegExp(`^${RELEASES}/assets/(\\d+)$`), deleteAsset],
  [
    "POST",
    new RegExp(`^/uploads${RELEASES}/(\\d+)/assets$`),
    (asked) => withRelease(asked, (release) => uploadAsset(asked, release)),
  ],
  ["GET", new RegExp(`^/${REPOSITORY}/releases/download/([^/]+)/([^/]+)$`), download],
  ["DELETE", new RegExp(`^/repos/${REPOSITORY}/git/refs/tags/[^/]+$`), ({ response }) => send(response, 204)],
  ["GET", new RegExp(`^${PULLS}$`), listPulls],
  ["POST", new RegExp(`^${PULLS}$`), createPull],
  ["PATCH", new RegExp(`^${PULLS}/(\\d+)$`), updatePull],
];

function withRelease({ state, response, words: [id] }: Asked, act: (release: Release) => void): void {
  const release = state.releases.find((each) => String(each.id) === id);
  if (release) act(release);
  else send(response, 404, { message: "Not Found" });
}

function listReleases(asked: Asked): void {
  sendPage(
    asked,
    asked.state.releases.map((release) => releaseJson(asked.state, release)),
  );
}

function releaseByTag(asked: Asked): void {
  const release = asked.state.releases.find(({ tag, isDraft }) => tag === asked.words[0] && !isDraft);
  if (release) showRelease(asked, 200, release);
  else send(asked.response, 404, { message: "Not Found" });
}

function showRelease({ state, response }: Asked, status: number, release: Release): void {
  send(response, status, releaseJson(state, release));
}

function createRelease(asked: Asked): void {
  const { tag_name: tag, name, draft } = jsonOf(asked.body);
  if (typeof tag !== "string" || typeof name !== "string")
    return send(asked.response, 422, { message: "Invalid request" });
  showRelease(asked, 201, asked.state.addRelease(tag, draft === true, name));
}

function updateRelease(asked: Asked, release: Release): void {
  const { draft, make_latest: makeLatest } = jsonOf(asked.body);
  const { state, response } = asked;
  const isTaken = state.releases.some(
    (each) => each !== release && each.tag === release.tag && !each.isDraft,
  );
  if (draft === false && isTaken) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ field: "tag_name", code: "already_exists" }],
    });
  }
  release.makeLatest = makeLatest;
  if (draft === false) release.isDraft = false;
  showRelease(asked, 200, release);
}

function deleteRelease({ state, response }: Asked, release: Release): void {
  state.releases = state.releases.filter((each) => each !== release);
  send(response, 204);
}

function deleteAsset({ state, response, words: [id] }: Asked): void {
  const release = state.releases.find(({ assets }) => assets.some((asset) => String(asset.id) === id));
  if (!release) return send(response, 404, { message: "Not Found" });
  if (isLocked(state, release))
    return send(response, 422, { message: "Cannot delete asset from an immutable release" });
  release.assets = release.assets.filter((asset) => String(asset.id) !== id);
  send(response, 204);
}

function uploadAsset({ state, request, response, url, body }: Asked, release: Release): void {
  if (request.headers["content-length"] === undefined)
    return send(response, 411, { message: "Length Required" });
  if (isLocked(state, release))
    return send(response, 422, { message: "Cannot upload assets to an immutable release." });
  const name = nameIn(url);
  if (release.assets.some((asset) => asset.name === name)) {
    return send(response, 422, {
      message: "Validation Failed",
      errors: [{ field: "name", code: "already_exists" }],
    });
  }
  const content = state.truncates ? body.subarray(0, -1) : body;
  const asset: Asset = { id: state.nextId(), name, state: "uploaded", content };
  release.assets.push(asset);
  send(response, 201, assetJson(state, asset));
}

function isLocked(state: State, release: Release): boolean {
  return state.immutable && !release.isDraft;
}

export function nameIn(url: URL): string {
  return url.searchParams.get("name") ?? "";
}

function download({ state, response, words: [tag, name] }: Asked): void {
  const release = state.releases.find((each) => each.tag === tag && !each.isDraft);
  const asset = release?.assets.find((each) => each.name === name && each.state === "uploaded");
  if (!asset) return send(response, 404, { message: "Not Found" });
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": asset.content.length,
  });
  response.end(asset.content);
}

function releaseJson(state: State, { id, tag, name, isDraft, assets }: Release): object {
  const host = state.uploadHost ?? `${state.url}/uploads`;
  return {
    id,
    tag_name: tag,
    name,
    draft: isDraft,
    upload_url: `${host}${RELEASES}/${id}/assets{?name,label}`,
    assets: assets.map((asset) => assetJson(state, asset)),
  };
}

function assetJson({ hasNoDigests }: State, { id, name, state, content }: Asset): object {
  const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
  return { id, name, state, size: content.length, ...(!hasNoDigests && { digest }) };
}
