/** Stands for what must not be read. */
const HIDDEN = '***';
/** Shorter words occur by chance. */
const SHORTEST = 8;

/** Secrets that this process was given, in the spellings in which they may turn up, the longest first. */
let known: readonly string[] = [];

/** From now on these are replaced wherever text leaves this process. */
export function knowSecrets(secrets: readonly string[]): void {
  const spelled = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), secret.replaceAll('&', '&amp;')]);
  known = [...new Set([...known, ...spelled])].toSorted((a, b) => b.length - a.length);
}

/** The text without the secrets that are known. What has a meaning to programs stays otherwise as it is. */
export function withoutKnown(text: string): string {
  return known.reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
}

/** What looks like a secret, whoever's it is: names say where to look it up. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A private key, also within JSON, also cut off.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  // Telegram's bot tokens.
  [/(?<!\d)\d{6,12}:[\w-]{30,}/g, HIDDEN],
  // Google's access and refresh tokens.
  [/\bya29\.[\w.-]{10,}/g, HIDDEN],
  [/\b1\/\/0[\w-]{20,}/g, HIDDEN],
  // GitHub's and GitLab's tokens.
  [/\b(?:gh[pousr]_|github_pat_|glpat-)\w{16,}/g, HIDDEN],
  // Signed tokens (RFC 7519).
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g, HIDDEN],
  [/\b(Bearer|Basic) [\w.~+/=-]{16,}/gi, `$1 ${HIDDEN}`],
];

/** `https://name:password@host`, `https://token@host`. */
const PASSWORDS = /\b([a-z][\w+.-]*:\/\/)[^\s/@"'<>]+@/gi;

/** The text without passwords in addresses. */
export function withoutPasswords(text: string): string {
  return text.replace(PASSWORDS, `$1${HIDDEN}@`);
}

/** The text as people may read it: without known secrets, and without what looks like one. */
export function redact(text: string): string {
  return PATTERNS.reduce(
    (rest, [pattern, instead]) => rest.replace(pattern, instead),
    withoutPasswords(withoutKnown(text)),
  );
}
