/** What is used of packages that come without types of their own. */

declare module "netlify-redirector" {
  interface RedirectRequest {
    readonly scheme: string;
    readonly host: string;
    readonly path: string;
    readonly query: string;
    readonly headers: object;
    readonly cookieValues: object;
    getHeader(name: string): string;
    getCookie(name: string): string;
  }
  interface RedirectMatcher {
    match(request: RedirectRequest): { readonly to: string; readonly status: number } | null;
  }
  /** `options` may be empty, but not be left out. */
  export function parsePlain(rules: string, options: object): Promise<RedirectMatcher>;
}

declare module "@cloudflare/pages-shared/metadata-generator/types" {
  export interface Parsed {
    readonly rules: readonly object[];
    readonly invalid: readonly { readonly line?: string; readonly message: string }[];
  }
  export interface Metadata {
    readonly redirects?: { readonly staticRules: object; readonly rules: object };
    readonly headers?: { readonly rules: object };
  }
}

declare module "@cloudflare/pages-shared/metadata-generator/parseRedirects" {
  import type { Parsed } from "@cloudflare/pages-shared/metadata-generator/types";
  export function parseRedirects(text: string): Parsed;
}

declare module "@cloudflare/pages-shared/metadata-generator/parseHeaders" {
  import type { Parsed } from "@cloudflare/pages-shared/metadata-generator/types";
  export function parseHeaders(text: string): Parsed;
}

declare module "@cloudflare/pages-shared/metadata-generator/createMetadataObject" {
  import type { Metadata, Parsed } from "@cloudflare/pages-shared/metadata-generator/types";
  export function createMetadataObject(parsed: { redirects: Parsed; headers: Parsed }): Metadata;
}

declare module "@cloudflare/pages-shared/asset-server/handler" {
  import type { Metadata } from "@cloudflare/pages-shared/metadata-generator/types";
  export function generateHandler(context: {
    readonly request: Request;
    readonly metadata: Metadata;
    readonly logError: (error: Error) => void;
    readonly findAssetEntryForPath: (path: string) => Promise<string | null>;
    readonly getAssetKey: (entry: string) => string;
    readonly negotiateContent: () => { readonly encoding: string | null };
    readonly fetchAsset: (
      key: string,
    ) => Promise<{ readonly body: ReadableStream | null; readonly contentType: string }>;
  }): Promise<Response>;
}
