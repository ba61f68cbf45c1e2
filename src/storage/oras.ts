import { StowageError } from "../errors.ts";
import { OciRepository, refusal } from "../oci/client.ts";
import { registryCredentials } from "../oci/credentials.ts";
import { CONFIG, EMPTY_CONFIG, MANIFEST_TYPE, imageManifest } from "../oci/manifest.ts";
import { isLoopback, ociName, ociPlace, ociTag } from "../oci/place.ts";
import { hasBlob, uploadBlob } from "../oci/upload.ts";
import { sha256Digest } from "../registry/digest.ts";
import type { StorageConfig } from "../registry/config.ts";
import type { ImageKey, Storage, StorageContext } from "./storage.ts";

/**
 * A registry of containers: GitHub's, GitLab's, Docker's own, Harbor, Zot. Images are pushed as apptainer pushes them,
 * so that `apptainer pull oras://` and `oras pull` get them.
 */
export function openOras(
  config: Extract<StorageConfig, { kind: "oras" }>,
  { env }: Pick<StorageContext, "env">,
): Storage {
  const place = ociPlace(config.repository);
  const asker = {
    host: place.host,
    isPlainHttp: config["plain-http"] ?? isLoopback(place.host),
    credentials: registryCredentials(place.host, env),
  };
  const repositories = new Map<string, OciRepository>();

  const repositoryOf = ({ reference }: ImageKey): OciRepository => {
    const name = ociName(place, reference);
    const repository = repositories.get(name) ?? new OciRepository(name, asker);
    repositories.set(name, repository);
    return repository;
  };

  return {
    kind: "oras",
    async put(file, key) {
      const repository = repositoryOf(key);
      await uploadBlob(repository, { ...layerOf(key), stream: () => file.stream() });
      await uploadBlob(repository, { ...CONFIG, stream: () => once(EMPTY_CONFIG) });
      await putManifest(repository, key);
    },
    async has(key) {
      const repository = repositoryOf(key);
      return (await hasManifest(repository, key)) && (await hasBlob(repository, layerOf(key)));
    },
    url: (key) => `oras://${place.host}/${ociName(place, key.reference)}@${sha256Digest(manifestOf(key))}`,
    remove: (key) => removeManifest(repositoryOf(key), key),
  };
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

function layerOf({ sha256, size }: ImageKey) {
  return { digest: `sha256:${sha256}`, size };
}

function manifestOf(key: ImageKey): Buffer {
  return Buffer.from(JSON.stringify(imageManifest({ reference: key.reference, image: key })));
}

/** The last step: the image has no name before. */
async function putManifest(repository: OciRepository, key: ImageKey): Promise<void> {
  const body = manifestOf(key);
  const answer = await repository.send({
    method: "PUT",
    to: `manifests/${ociTag(key.reference)}`,
    headers: { "content-type": MANIFEST_TYPE },
    body,
  });
  if (answer.status !== 201) throw refusal(repository, "the manifest cannot be stored", answer);
  const digest = answer.headers["docker-content-digest"];
  if (digest === undefined || digest === sha256Digest(body)) return;
  throw new StowageError(
    "storage",
    `${repository.title}: the registry stored another manifest than was sent`,
  );
}

async function hasManifest(repository: OciRepository, key: ImageKey): Promise<boolean> {
  const answer = await repository.send({
    method: "HEAD",
    to: `manifests/${sha256Digest(manifestOf(key))}`,
    headers: { accept: MANIFEST_TYPE },
  });
  if (answer.status === 200 || answer.status === 404) return answer.status === 200;
  throw refusal(repository, "the manifest cannot be looked for", answer);
}

/** The blob stays until the registry collects its garbage. */
async function removeManifest(repository: OciRepository, key: ImageKey): Promise<void> {
  const answer = await repository.send({
    method: "DELETE",
    to: `manifests/${sha256Digest(manifestOf(key))}`,
  });
  if ([200, 202, 204, 404].includes(answer.status)) return;
  if (answer.status !== 405) throw refusal(repository, "the image cannot be removed", answer);
  throw new StowageError(
    "storage",
    `${repository.title}: this registry lets nobody remove an image by its API; remove it on its own pages`,
  );
}
