/** Labels that every build writes by itself, and that tell people least. */
const BUILD_LABEL =
  /^org\.(?:label-schema\.(?:build-arch|build-date|schema-version|usage|vcs-ref)|opencontainers\.image\.(?:created|revision|ref\.name|base))(?:\.|$)/;

/** Whether a label is of the build rather than of a person. */
export function isBuildLabel(key: string): boolean {
  return BUILD_LABEL.test(key);
}
