import { StowageError } from "../errors.ts";
import { GITHUB_API, Github } from "../github.ts";
import type { StorageConfig } from "../registry/config.ts";
import { formatReference } from "../registry/reference.ts";
import { type Asset, type Release, assetProblem, parseRelease } from "./github-assets.ts";
import { uploadAsset } from "./github-upload.ts";
import type { ImageFile } from "./image-file.ts";
import type { ImageKey, Storage, StorageContext } from "./storage.ts";

type Config = Extract<StorageConfig, { kind: "github-release" }>;
type Environment = StorageContext["env"];

/** GitHub takes files that are smaller. */
const TOO_LARGE = 2 * 1024 ** 3;

/**
 * Releases of a GitHub repository: one an image, which is a draft until all of it is there, so that it also works where
 * published releases cannot be changed any more.
 */
export function openGithubRelease(config: Config, { env }: Pick<StorageContext, "env">): Storage {
  const repository = config.repository ?? env["GITHUB_REPOSITORY"];
  if (!repository) {
    throw new StowageError(
      "storage",
      "storage github-release: no repository is named; set storage.repository in registry.yml, or GITHUB_REPOSITORY",
    );
  }
  const api = config.api ?? env["GITHUB_API_URL"] ?? GITHUB_API;
  const token = env["GITHUB_TOKEN"] ?? env["GH_TOKEN"];
  const github = new Github({ api, token, errorCode: "storage" });
  const releases = new Releases(github, `repos/${repository}/releases`);
  const web = webAddress(config, api, env);
  return {
    kind: "github-release",
    async put(file, key) {
      requireSize(key);
      if (!token) throw github.error("GITHUB_TOKEN is not set; a release needs it");
      await releases.put(file, key);
    },
    has: (key) => releases.has(key),
    url: (key) => `${web}/${repository}/releases/download/${tagOf(key)}/${assetName(key)}`,
    remove: (key) => releases.remove(key, `repos/${repository}/git/refs/tags/${tagOf(key)}`),
  };
}

function requireSize({ size, reference }: ImageKey): void {
  if (size < TOO_LARGE) return;
  throw new StowageError(
    "storage",
    `${formatReference(reference)}: has ${size} bytes, and a GitHub release takes files of less than 2 GiB; use the storage s3, gcs or oras in registry.yml`,
  );
}

/** Where people see what the API answers for: api.github.com, api.company.ghe.com and https://HOST/api/v3. */
function webAddress({ api: configured }: Config, api: string, env: Environment): string {
  const given = configured === undefined ? env["GITHUB_SERVER_URL"] : undefined;
  const url = new URL(given ?? api);
  return `${url.protocol}//${url.host.replace(/^api\./, "")}`;
}

function tagOf({ sha256 }: ImageKey): string {
  return `sha256-${sha256}`;
}

function assetName({ sha256 }: ImageKey): string {
  return `${sha256}.sif`;
}

/** The releases of one repository. */
class Releases {
  readonly #github: Github;
  readonly #path: string;

  constructor(github: Github, path: string) {
    this.#github = github;
    this.#path = path;
  }

  async put(file: ImageFile, key: ImageKey): Promise<void> {
    const published = await this.#published(key);
    if (published && isComplete(published, key)) return;
    const release = published ?? (await this.#draft(key)) ?? (await this.#create(key));
    await this.#fill(release, file, key);
    if (!published) await this.#publish(release, key);
  }

  async has(key: ImageKey): Promise<boolean> {
    const release = await this.#published(key);
    return release !== undefined && isComplete(release, key);
  }

  async remove(key: ImageKey, tagPath: string): Promise<void> {
    for (const release of [await this.#published(key), await this.#draft(key)]) {
      if (release) await this.#delete(release);
    }
    // 422: there is no such tag.
    await this.#github.send(tagPath, { method: "DELETE", accept: [404, 422] });
  }

  async #published(key: ImageKey): Promise<Release | undefined> {
    const answer = await this.#github.send(`${this.#path}/tags/${tagOf(key)}`, { accept: [404] });
    if (answer.status === 404) return undefined;
    const release = parseRelease(this.#github, this.#github.parse(answer));
    return release.isDraft ? undefined : release;
  }

  /** What an earlier upload left: a draft has no tag that one could ask for. */
  async #draft(key: ImageKey): Promise<Release | undefined> {
    for await (const item of this.#github.list(`${this.#path}?per_page=100`)) {
      const release = parseRelease(this.#github, item);
      if (release.isDraft && release.tag === tagOf(key)) return release;
    }
    return undefined;
  }

  async #create(key: ImageKey): Promise<Release> {
    const json = {
      tag_name: tagOf(key),
      name: formatReference(key.reference),
      body: `An image of ${key.size} bytes. Its sha256 is ${key.sha256}.`,
      draft: true,
    };
    const answer = await this.#github.send(this.#path, { method: "POST", json });
    return parseRelease(this.#github, this.#github.parse(answer));
  }

  async #fill(release: Release, file: ImageFile, key: ImageKey): Promise<void> {
    if (isComplete(release, key)) return;
    await uploadAsset(this.#github, {
      name: assetName(key),
      uploadUrl: release.uploadUrl,
      key,
      file,
      removePartial: async () => {
        const answer = await this.#github.send(`${this.#path}/${release.id}`);
        const left = assetOf(parseRelease(this.#github, this.#github.parse(answer)), key);
        if (left)
          await this.#github.send(`${this.#path}/assets/${left.id}`, { method: "DELETE", accept: [404] });
      },
    });
  }

  /** It must not become the repository's latest release: that is a version of the software in it. */
  async #publish(release: Release, key: ImageKey): Promise<void> {
    const json = { draft: false, make_latest: "false" };
    const path = `${this.#path}/${release.id}`;
    const answer = await this.#github.send(path, { method: "PATCH", json, accept: [422] });
    if (answer.status !== 422) return;
    // Somebody else published the same image at the same time.
    if (!(await this.has(key))) throw this.#github.refusal(path, answer);
    await this.#delete(release);
  }

  async #delete({ id }: Release): Promise<void> {
    await this.#github.send(`${this.#path}/${id}`, { method: "DELETE", accept: [404] });
  }
}

function assetOf({ assets }: Release, key: ImageKey): Asset | undefined {
  return assets.find(({ name }) => name === assetName(key));
}

function isComplete(release: Release, key: ImageKey): boolean {
  const asset = assetOf(release, key);
  return asset !== undefined && assetProblem(asset, key) === undefined;
}
