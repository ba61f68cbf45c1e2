/** Names and values of variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What programs need in order to find their files and the network. */
const NEEDED = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "TZ",
  "TMPDIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
]);
const NEEDED_SHAPES = [/^LC_[A-Z]+$/, /^(?:https?|no|all)_proxy$/i, /^(?:APPTAINER|SINGULARITY)_[A-Z_]+$/];
/** `APPTAINER_DOCKER_PASSWORD`, `SINGULARITY_ENCRYPTION_PEM_DATA` and the like. */
const SECRET = /PASS|USERNAME|LOGIN|TOKEN|SECRET|AUTH|CREDENTIAL|PEM|ENCRYPTION|KEY/;

/**
 * What the programs of a build see of the environment. A recipe's `%setup` and a build.sh run on this machine and are a
 * stranger's: what is not known to be harmless stays out, such as the secrets of a continuous integration.
 */
export function buildEnvironment(env: Environment, passOn: readonly string[] = []): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (isNeeded(name) || passOn.includes(name))) seen[name] = value;
  }
  return seen;
}

function isNeeded(name: string): boolean {
  if (NEEDED.has(name)) return true;
  return !SECRET.test(name) && NEEDED_SHAPES.some((shape) => shape.test(name));
}
