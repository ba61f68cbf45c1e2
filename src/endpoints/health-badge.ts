import { type Badge, badgeJson, badgeSvg } from "../badge.ts";
import { type HealthReport, countHealth, healthLine } from "../registry/health-report.ts";
import { type Endpoint, jsonEndpoint } from "./endpoint.ts";
import { HEALTH_BADGE_JSON_PATH, HEALTH_BADGE_PATH } from "./paths.ts";

/** `/health/badge.svg`, and the same as data. */
export function* healthBadgeEndpoints(report: HealthReport): Iterable<Endpoint> {
  const badge = healthBadge(report);
  yield { path: HEALTH_BADGE_PATH, mediaType: "image/svg+xml", body: badgeSvg(badge) };
  yield jsonEndpoint(HEALTH_BADGE_JSON_PATH, { ...badgeJson(badge), isError: badge.state === "failing" });
}

/** How many images are there, as a badge says it. */
export function healthBadge(report: HealthReport): Badge {
  return { label: "health", message: healthLine(report), state: stateOf(report) };
}

function stateOf(report: HealthReport): Badge["state"] {
  const { well, failing } = countHealth(report);
  if (failing > 0) return "failing";
  return well > 0 ? "well" : "unknown";
}
