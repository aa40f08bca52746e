import { CloudError } from './cloud-error.ts';

/** Where one of Google's APIs is spoken to. */
export interface Endpoint {
  /** How people call the API: "Cloud Monitoring". */
  readonly api: string;
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly origin: string;
  /** On this machine and without TLS: gets no credential. */
  readonly local: boolean;
}

/**
 * Reads a base URL as gcloud's endpoint overrides spell it.
 * @param text absent means Google's own host.
 * @param path what gcloud writes after the host: "/" or "/storage/v1/".
 * @throws CloudError `invalid` for a text that is no URL, and for plain http to another machine: a credential, or the
 * release itself, would travel in the clear.
 */
export function parseEndpoint(
  api: string,
  text: string | undefined,
  googleHost: string,
  path = '/',
): Endpoint {
  const url = tryUrl(text ?? `https://${googleHost}${path}`);
  const asked = `The endpoint of ${api} must be a base URL such as https://${googleHost}${path}`;
  if (url === undefined) throw new CloudError('invalid', `${asked}, but it is "${text}".`);
  const plain = url.protocol === 'http:';
  if (!plain && url.protocol !== 'https:') {
    throw new CloudError('invalid', `${asked}, but "${text}" begins with ${url.protocol}.`);
  }
  const local = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (plain && !local) {
    throw new CloudError(
      'invalid',
      `The endpoint of ${api} is ${text}: plain http is taken for this machine only. Write https.`,
    );
  }
  const trimmed = (p: string) => p.replace(/\/+$/, '');
  if (trimmed(url.pathname) !== trimmed(path)) {
    throw new CloudError('invalid', `${asked}: the path of "${text}" must be ${path}.`);
  }
  return {
    api,
    protocol: plain ? 'http' : 'https',
    host: url.hostname,
    port: Number(url.port) || (plain ? 80 : 443),
    origin: url.origin,
    local: plain,
  };
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
