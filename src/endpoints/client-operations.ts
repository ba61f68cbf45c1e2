import type { Site } from "../protocols/site.ts";
import type { Protocol } from "../registry/config.ts";
import type { OperationGroup } from "./operation.ts";

const BYTES = "application/octet-stream";

const ifOffered = (protocol: Protocol) => (site: Site) => !site.refusals.has(protocol);

/** What other programs' protocols ask, a group each. */
export const CLIENT_OPERATIONS: readonly OperationGroup[] = [
  {
    title: "shub:// and the Singularity Registry client",
    description: "What apptainer pull shub://… and sregistry ask.",
    isOffered: ifOffered("shub"),
    operations: [
      {
        path: "/api/container/{reference}",
        summary: "Where the image of a tag, or of a checksum, lies.",
        schema: "container",
      },
      {
        path: "/{namespace}/api/container/{reference}",
        summary:
          "The same for a namespace of several segments, of which clients take the first for the host's.",
        schema: "container",
      },
    ],
  },
  {
    title: "Searching with the Singularity Registry client",
    description: "A search answers with everything that has the word.",
    isOffered: ifOffered("sregistry"),
    operations: [
      {
        path: "/api/collections/",
        isEverywhere: true,
        summary: "Every collection.",
        schema: "container-collections",
      },
      {
        path: "/api/collection/{word}/",
        summary: "Collections with this word in their names.",
        schema: "container-collection",
      },
      {
        path: "/api/container/search/{query}/",
        summary: "Images by collection, name and tag.",
        schema: "container-search",
      },
    ],
  },
  {
    title: "Labels",
    description: "Which images have a label.",
    isOffered: ifOffered("labels"),
    operations: [
      { path: "/api/labels/search/", summary: "Every label.", schema: "labels" },
      { path: "/api/labels/search/{query}/", summary: "Labels of a key or a value.", schema: "labels" },
    ],
  },
  {
    title: "library://",
    description: "What apptainer pull library://… and apptainer search ask.",
    isOffered: ifOffered("library"),
    operations: [
      { path: "/v1/images/{reference}", summary: "What is known of an image.", schema: "library-image" },
      { path: "/v1/imagefile/{reference}", summary: "The image itself.", mediaType: BYTES },
      {
        path: "/v1/search",
        isEverywhere: true,
        summary: "Everything that can be found.",
        schema: "library-search",
      },
      {
        path: "/version",
        isEverywhere: true,
        summary: "The version of the protocol.",
        schema: "library-version",
      },
      {
        path: "/assets/config/config.prod.json",
        summary: "Where this library's services are.",
        schema: "library-config",
      },
    ],
  },
  {
    title: "oras:// and OCI",
    description: "What apptainer pull oras://…, oras, skopeo and crane ask.",
    isOffered: ifOffered("oci"),
    operations: [
      { path: "/v2/", isEverywhere: true, summary: "That this is a registry.", schema: "oci-base" },
      { path: "/v2/_catalog", isEverywhere: true, summary: "Every repository.", schema: "oci-catalog" },
      { path: "/v2/{collection}/tags/list", summary: "The tags of one.", schema: "oci-tags" },
      {
        path: "/v2/{collection}/manifests/{version}",
        summary: "The manifest of a tag or a digest.",
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        schema: "oci-manifest",
      },
      { path: "/v2/{collection}/blobs/{digest}", summary: "An image by its digest.", mediaType: BYTES },
    ],
  },
  {
    title: "Keys",
    description: "What apptainer verify --url asks.",
    isOffered: ifOffered("keys"),
    operations: [
      { path: "/pks/lookup", summary: "The maintainer's public keys.", mediaType: "application/pgp-keys" },
    ],
  },
];
