import type { Site } from "../protocols/site.ts";
import { CLIENT_OPERATIONS } from "./client-operations.ts";
import type { Operation, OperationGroup } from "./operation.ts";

const XML = "application/xml";
const ATOM = "application/atom+xml";
const TEXT = "text/plain";

const always = () => true;
const ifChecked = ({ health }: Site) => health !== undefined;
const ifAddressKnown = ({ url }: Site) => url !== undefined;

/** All that can be asked of a site, in the order in which people should hear of it: docs/api.md says more. */
export const OPERATION_GROUPS: readonly OperationGroup[] = [
  {
    title: "Tags and manifests",
    description:
      "The two endpoints of 2019. They keep their keys, media types and trailing slashes for ever.",
    isOffered: always,
    operations: [
      {
        path: "/{collection}/tags/",
        isEverywhere: true,
        summary: "The tags that are built.",
        schema: "tags",
      },
      {
        path: "/{collection}/manifests/{tag}/",
        isEverywhere: true,
        summary: "What an image consists of, and where it lies: .layers[].urls[0].",
        schema: "manifest",
      },
      {
        path: "/{collection}/manifests/{tag}/Singularity.def",
        summary: "The definition file, byte for byte.",
        mediaType: TEXT,
      },
      {
        path: "/{collection}/manifests/{tag}/build.log.gz",
        summary: "The log of the build, where it was kept.",
        mediaType: "application/gzip",
      },
    ],
  },
  {
    title: "Everything that is known",
    description:
      "Stowage's own API only ever gains keys. Sizes are bytes, times are RFC 3339, and what is not known is not there.",
    isOffered: always,
    operations: [
      {
        path: "/api/v1/index.json",
        isEverywhere: true,
        summary: "What this registry is, and where the rest lies.",
        schema: "api-index",
      },
      {
        path: "/api/v1/collections.json",
        isEverywhere: true,
        summary: "Every collection, with its built tags.",
        schema: "api-collections",
      },
      {
        path: "/api/v1/collections/{collection}.json",
        isEverywhere: true,
        summary: "All that is known of one collection: tags, records, labels, and every way to pull.",
        schema: "api-collection",
      },
      {
        path: "/SHA256SUMS",
        isEverywhere: true,
        summary: "The sha256 of every image, as sha256sum -c reads it.",
        mediaType: TEXT,
      },
      {
        path: "/schema/",
        isEverywhere: true,
        summary: "The JSON Schemas of all that is read and served.",
        schema: "schemas",
      },
      { path: "/schema/{schema}.json", summary: "One JSON Schema.", mediaType: "application/schema+json" },
      { path: "/openapi.json", isEverywhere: true, summary: "This description, as OpenAPI 3.1." },
    ],
  },
  {
    title: "What images have in common",
    description: "Topics, architectures, bases and labels with their counts, and how much room images take.",
    isOffered: always,
    operations: [
      ...(["topics", "architectures", "bases", "labels"] as const).flatMap(groupOperations),
      {
        path: "/api/v1/sizes.json",
        isEverywhere: true,
        summary: "Every image once, with its size, and which somebody may want to delete.",
        schema: "api-sizes",
      },
    ],
  },
  {
    title: "The past",
    description: "What tags pointed to and when, as git tells it; else what records say of now.",
    isOffered: always,
    operations: [
      {
        path: "/api/v1/history/{collection}.json",
        summary: "Every image that the tags of a collection had.",
        schema: "api-history",
      },
      {
        path: "/changes/feed.xml",
        summary: "The newest changes as Atom.",
        mediaType: ATOM,
        isEverywhere: true,
      },
      {
        path: "/changes/feed.json",
        summary: "The same as a JSON Feed.",
        schema: "json-feed",
        isEverywhere: true,
      },
      { path: "/changes/{collection}.xml", summary: "Those of one collection as Atom.", mediaType: ATOM },
      { path: "/changes/{collection}.json", summary: "The same as a JSON Feed.", schema: "json-feed" },
    ],
  },
  {
    title: "Badges and search",
    description: "What READMEs show, and what the page of the search reads.",
    isOffered: always,
    operations: [
      {
        path: "/badges/{collection}.svg",
        summary: "A badge: the default tag and its size.",
        mediaType: "image/svg+xml",
        isEverywhere: true,
      },
      {
        path: "/badges/{collection}.json",
        summary: "The same for Shields.",
        schema: "badge",
        isEverywhere: true,
      },
      {
        path: "/search/{piece}.json",
        summary: "A piece of the index of one build: no promise that the next has the same.",
      },
    ],
  },
  {
    title: "Health",
    description: "Whether images are still there, as of the last check.",
    isOffered: ifChecked,
    operations: [
      {
        path: "/api/v1/health.json",
        isEverywhere: true,
        summary: "Every image that a record names, and what was found.",
        schema: "api-health",
      },
      {
        path: "/health/badge.json",
        isEverywhere: true,
        summary: "How many images are there, for a badge of Shields.",
        schema: "health-badge",
      },
      {
        path: "/health/badge.svg",
        isEverywhere: true,
        summary: "The same as a badge.",
        mediaType: "image/svg+xml",
      },
      {
        path: "/health/feed.xml",
        isEverywhere: true,
        summary: "An entry for each image that fails.",
        mediaType: ATOM,
      },
    ],
  },
  {
    title: "Cards",
    description: "What a chat shows where somebody posts the address of a collection.",
    isOffered: ifAddressKnown,
    operations: [
      {
        path: "/cards/{collection}.png",
        summary: "A picture of 1200 by 630 pixels: the collection, its description and its default image.",
        mediaType: "image/png",
      },
    ],
  },
  {
    title: "Crawlers",
    description: "What search engines ask.",
    isOffered: ifAddressKnown,
    operations: [
      { path: "/robots.txt", isEverywhere: true, summary: "Everybody may read everything.", mediaType: TEXT },
      {
        path: "/sitemap.xml",
        isEverywhere: true,
        summary: "The pages of this site, or the parts of that list.",
        mediaType: XML,
      },
      { path: "/sitemap-{part}.xml", summary: "A part of a long list of pages.", mediaType: XML },
    ],
  },
  ...CLIENT_OPERATIONS,
];

/** What stands in the braces of paths. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  collection: "A namespace of one or several segments, a slash and a name; slashes stand as they are.",
  namespace: "One or several segments.",
  tag: "The name of a tag, or the digest of an image that one of them ever had: sha256:<hex>.",
  version: "The name of a tag, or the digest of a manifest.",
  digest: "A digest: sha256:<hex>.",
  reference: "namespace/name:tag; shub:// also takes :tag@<md5 or sha1>, library:// a tag sha256.<hex>.",
  word: "A namespace, of one or several segments, or a name.",
  query: "Pairs of what is asked for and its value: name/<name>, collection/<ns>/name/<name>, <key>/key.",
  schema: "The name of a schema.",
  group: "The last part of a url in the list of its kind.",
  part: "A number, from 1.",
  piece: "What search/start.json names.",
};

/** The groups that a site offers. */
export function offeredOperations(site: Site): readonly OperationGroup[] {
  return OPERATION_GROUPS.filter(({ isOffered }) => isOffered(site));
}

function groupOperations(kind: "topics" | "architectures" | "bases" | "labels"): Operation[] {
  return [
    {
      path: `/api/v1/${kind}.json`,
      isEverywhere: true,
      summary: `All ${kind}, with counts.`,
      schema: "api-groups",
    },
    {
      path: `/api/v1/${kind}/{group}.json`,
      summary: `What has one of the ${kind} in common.`,
      schema: kind === "labels" ? "api-label" : "api-group",
    },
  ];
}
