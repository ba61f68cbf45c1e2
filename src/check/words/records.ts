import type { Words } from "./words.ts";

/** What can be wrong with records, and with the images that they name. */
export const RECORDS_WORDS = {
  "bad-record": {
    severity: "error",
    describe: ({ key, expected }) =>
      `the record cannot be served: ${key}: expected ${expected}; delete the README.md to have the tag built again`,
    example: { key: "layers.0.size", expected: "a value of type integer" },
    remedy:
      "The front matter of a tag's `README.md` does not describe an image: a key is missing or has a wrong value. The tag is neither served nor built again, since half a manifest would be a lie and a rebuild could replace an image that somebody relies on. Mend the key that is named, or delete the `README.md` to have the image built again.",
  },
  "image-missing": {
    severity: "error",
    describe: ({ image }) => `the record names ${image}, which is not there`,
    example: { image: "images/sha256/3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f.sif" },
    remedy:
      "A record names a file below `images/`, and the file is not there. The site would promise an image that it does not have. Bring the file back (`git log --all -- images` tells who removed it), or delete the `README.md` to have it built again.",
  },
  "image-size": {
    severity: "error",
    describe: ({ image, size, recorded, unit = "bytes" }) =>
      `the record says ${recorded} ${unit}, but ${image} has ${size}`,
    example: { image: "https://storage.example.org/tool.sif", size: "1048577", recorded: "1048576" },
    remedy:
      "The image has another number of bytes than its record says. It was replaced, or a transfer broke off: clients that compare sizes refuse it. Restore the file in the storage, or delete the `README.md` to have it built again.",
  },
  "image-digest": {
    severity: "error",
    describe: ({ image, digest }) =>
      `the record says ${digest}, but names ${image}; no client that compares them can pull it`,
    example: {
      image: "images/sha256/3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f.sif",
      digest: "sha256:4f8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f",
    },
    remedy:
      "A record's digest is not the one in the name of the image that it names. Files below `images/sha256/` are named by their content, so that one of the two is wrong. Delete the `README.md` to have the image built again, or record the right file: `stowage push FILE REF`.",
  },
  "image-unreachable": {
    severity: "error",
    describe: ({ image, reason }) => `the image at ${image} cannot be fetched: ${reason}`,
    example: { image: "https://storage.example.org/tool.sif", reason: "the answer is 404" },
    remedy:
      "Somebody who follows the record does not get the image: it was deleted, the server is down, or the address is one that only a network of its own can reach. Found by `stowage check --remote` and `--fix`. Upload it again and record where it is now (`stowage push FILE REF`), or delete the `README.md` to have it built again; for a storage inside your own network add `--private-network`.",
  },
  "image-busy": {
    severity: "warning",
    describe: ({ image }) =>
      `nobody can tell whether the image at ${image} is there: its server answers 429 (too many requests)`,
    example: { image: "https://storage.example.org/tool.sif" },
    remedy:
      "The server wants to be asked less often, and went on saying so. Nothing is known of the image by that, and `health.json` keeps what was known before. Check again later, or ask for fewer images at once: `stowage check --remote --concurrency 2`.",
  },
  "image-differs": {
    severity: "error",
    describe: ({ image, digest, found }) =>
      `the record says ${digest}, but the image at ${image} has ${found}`,
    example: {
      image: "https://storage.example.org/tool.sif",
      digest: "sha256:3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f",
      found: "sha256:6c9b857f9c4f2a1bb1f4d3b0c6f6e9a4b5de5fd0a0f0e6a8d5a3c1f2b4e6d8fa",
    },
    remedy:
      "The bytes at the recorded address have another digest than the record says. The image was replaced or damaged since it was recorded: nobody can tell whether it is what was reviewed. Restore the old file, or delete the `README.md` to have it built and recorded again.",
  },
  "image-expires": {
    severity: "warning",
    describe: ({ image }) =>
      `${image} is an artifact of CircleCI, which vanishes 30 days after its build; push it to another storage`,
    example: { image: "https://output.circle-artifacts.com/output/job/1/artifacts/0/tool.sif" },
    remedy:
      "A record names an artifact of CircleCI. Those vanish 30 days after their build at the latest, and the record then leads nowhere. Choose a storage that lasts (`storage:` in registry.yml), and upload the image there: `stowage push FILE REF`.",
  },
  "stale-record": {
    severity: "warning",
    describe: () =>
      "the definition file is not the one that the image was built from; delete the README.md beside it to have it built again",
    example: {},
    remedy:
      "A definition file is not the one from which its image was built. The page shows a recipe that is not the image's. Delete the `README.md` beside it to have the image built again (`stowage build --stale` does that without deleting), or take the change back.",
  },
  "record-2019": {
    severity: "note",
    describe: ({ trouble }) =>
      `a record of 2019: ${trouble}; stowage check --fix measures the image and writes a new one`,
    example: { trouble: "the unit of its size is not known" },
    remedy:
      "A record in the form of 2019 leaves something open, of which the worst is named: digests of the wrong length or that contradict each other, a digest that is not sha256, a size of which nobody knows whether it counts KiB or bytes. It is served as it stands, but protocols that need a sha256 or a size in bytes leave the image out. `stowage check --fix` fetches the image, measures it and writes a record of schema 2; or delete the `README.md` to have it built again.",
  },
  "image-conflict": {
    severity: "error",
    describe: ({ image, digest, other, file }) =>
      `${image} cannot be both ${digest} and ${other}, as ${file} says; delete the README.md that is wrong`,
    example: {
      image: "https://storage.example.org/tool.sif",
      digest: "sha256:3e8e08db66c36ab6783772535cec6a818984a508af3ae2a7b3c99e71e8df5a8f",
      other: "sha256:6c9b857f9c4f2a1bb1f4d3b0c6f6e9a4b5de5fd0a0f0e6a8d5a3c1f2b4e6d8fa",
      file: "registry/lab/other/manifests/1.0/README.md",
    },
    remedy:
      "Two records name the same address with different digests. What lies there can be only one of them: an image was uploaded over another, or a record was copied and not changed. One of the two is refused by every client that compares. Find out which with `stowage check --remote --digest`, and delete the `README.md` that is wrong to have its image built again. Several tags may share one image: their digests are equal then.",
  },
  "image-not-sif": {
    severity: "error",
    describe: ({ image, found }) => `${image} is no image: ${found}`,
    example: { image: "https://storage.example.org/tool.sif", found: "it begins with <!doctype html>" },
    remedy:
      "What lies at the recorded address is no image: most often a page that asks for a login, or says that there is nothing. Found by `stowage check --remote` and `--fix`. Let the storage give the file to everybody, or record another address: `stowage push REF --url https://…`. An image of Singularity 2 is no SIF file either: `singularity build new.sif old.simg` makes one of it.",
  },
  "image-architecture": {
    severity: "error",
    describe: ({ image, architecture, recorded }) =>
      `the record says ${recorded}, but the image at ${image} is for ${architecture}`,
    example: { image: "https://storage.example.org/tool.sif", architecture: "arm64", recorded: "amd64" },
    remedy:
      "The image is for another kind of processor than its record says. Whoever chooses by architecture pulls an image that does not run. Record it anew, which reads the architecture from the image: `stowage push FILE REF`.",
  },
  "bad-health": {
    severity: "warning",
    describe: ({ reason }) =>
      `cannot be read: ${reason}; delete it, and stowage check --remote writes a new one`,
    example: { reason: "expected one of checked, images" },
    remedy:
      "The file `health.json` beside registry.yml, in which checks keep what they found, cannot be read. The site then shows nothing about the health of its images. Nobody writes it by hand: delete it, and let `stowage check --remote` make a new one.",
  },
} satisfies Record<string, Words>;
