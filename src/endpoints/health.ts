import type { SiteAddress } from "../address.ts";
import { type HealthReport, type ReportedImage, countHealth } from "../registry/health-report.ts";
import { layerUrl } from "../registry/local-images.ts";
import { formatReference } from "../registry/reference.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { API_HEALTH_PATH, HEALTH_PATH } from "./paths.ts";

/** `/api/v1/health.json`: which images are still there. Of one that was never asked for it says no more than that it is named. */
export function apiHealthEndpoint(report: HealthReport, site: SiteAddress): Endpoint {
  return jsonEndpoint(API_HEALTH_PATH, {
    schemaVersion: 1,
    checked: report.checked,
    counts: countHealth(report),
    page: site.to(HEALTH_PATH),
    images: report.images.map((image) => imageEntry(image, site)),
  });
}

function imageEntry({ url, digest, references, health }: ReportedImage, site: SiteAddress): object {
  return {
    url: layerUrl({ url }, site),
    digest,
    checked: health?.checked,
    verified: health?.verified,
    problem: health?.problem,
    references: references.map(formatReference),
  };
}
