/** What serves a site. */
export const HOST_NAMES = ["pages", "netlify", "cloudflare", "s3", "server"] as const;
export type HostName = (typeof HOST_NAMES)[number];

/** What a host can do, as far as a site depends on it; docs/hosting.md has a chapter on each. */
export interface HostProfile {
  readonly name: HostName;
  /** As people call it. */
  readonly title: string;
  /** What the JSON of a folder has to be called so that the folder answers with it. */
  readonly jsonIndex: "index.json" | "index.html";
  /** What a folder is answered from, in this order. */
  readonly indexFiles: readonly string[];
  /** Whether Content-Type can be chosen: by `_headers`, by a configuration of ours, or when files are uploaded. */
  readonly setsTypes: boolean;
  /** What the redirects in `_redirects` may be; undefined: there are none. */
  readonly redirects?: {
    /** Whether their path may hold a colon; else a colon with a letter behind it stands for any text. */
    readonly colons: boolean;
    /** Whether they may lead to http:// addresses. */
    readonly http: boolean;
    /** How many exact ones are obeyed. */
    readonly limit?: number;
    /** How long an address may be that they lead to, in characters. */
    readonly longestTarget?: number;
    /** Whether `https://host//path` stays what it is. */
    readonly doubleSlash: boolean;
  };
  /** With which status `/folder` leads to `/folder/`. */
  readonly slashStatus: 301 | 302 | 308;
  /** Whether it knows folders: those that only know files find nothing in a folder without an index. */
  readonly hasFolders: boolean;
  /** Whether `/page` is answered from page.html. */
  readonly addsHtml: boolean;
  /** Whether `/page.html` leads to `/page`, and `/folder/index.html` to `/folder/`. */
  readonly stripsHtml: boolean;
  readonly limits: {
    /** Of a whole site, in bytes. */
    readonly siteBytes?: number;
    /** Of one file, in bytes. */
    readonly fileBytes?: number;
    /** How many files a site may hold before deploying it fails, or takes longer than anybody waits. */
    readonly files: number;
  };
}

const GB = 1e9;
const MIB = 1024 * 1024;
/** No host's own limit: above it a build takes minutes and some deployments give up. */
const MANY_FILES = 100_000;

const PROFILES: Readonly<Record<HostName, Omit<HostProfile, "name">>> = {
  pages: {
    title: "GitHub Pages",
    jsonIndex: "index.json",
    indexFiles: ["index.html", "index.xml", "index.json"],
    setsTypes: false,
    slashStatus: 301,
    hasFolders: true,
    addsHtml: true,
    stripsHtml: false,
    limits: { siteBytes: GB, files: MANY_FILES },
  },
  netlify: {
    title: "Netlify",
    jsonIndex: "index.html",
    indexFiles: ["index.html"],
    setsTypes: true,
    redirects: { colons: true, http: true, doubleSlash: true },
    slashStatus: 301,
    hasFolders: false,
    addsHtml: true,
    stripsHtml: false,
    limits: { files: MANY_FILES },
  },
  cloudflare: {
    title: "Cloudflare Pages",
    jsonIndex: "index.html",
    indexFiles: ["index.html"],
    setsTypes: true,
    redirects: { colons: false, http: false, limit: 2000, longestTarget: 1000, doubleSlash: false },
    slashStatus: 308,
    hasFolders: false,
    addsHtml: true,
    stripsHtml: true,
    limits: { files: 20_000, fileBytes: 25 * MIB },
  },
  s3: {
    title: "an S3 website",
    jsonIndex: "index.html",
    indexFiles: ["index.html"],
    setsTypes: true,
    slashStatus: 302,
    hasFolders: false,
    addsHtml: false,
    stripsHtml: false,
    limits: { files: MANY_FILES },
  },
  server: {
    title: "a web server",
    jsonIndex: "index.json",
    indexFiles: ["index.html", "index.json"],
    setsTypes: true,
    redirects: { colons: true, http: true, doubleSlash: true },
    slashStatus: 301,
    hasFolders: true,
    addsHtml: false,
    stripsHtml: false,
    limits: { files: MANY_FILES },
  },
};

export function hostProfile(name: HostName): HostProfile {
  return { name, ...PROFILES[name] };
}
