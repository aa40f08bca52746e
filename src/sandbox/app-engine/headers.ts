import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** One request as the front end of App Engine presents it to the app. */
export interface Presented {
  readonly id: string;
  /** The visitor's address. */
  readonly ip: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The headers that App Engine adds. `Date` is the sandbox's time, so that an app which goes by it lives at the same
 * speed; cron and the like arrive with headers of their own, which visitors cannot forge because theirs are dropped.
 */
export function present(request: IncomingMessage, now: number, defaultHostname: string): Presented {
  const id = randomBytes(16).toString('hex');
  const ip = visitorAddress(request);
  const headers = {
    date: new Date(now).toUTCString(),
    forwarded: `for="${ip}";proto=https`,
    'x-forwarded-for': ip,
    'x-forwarded-proto': 'https',
    'x-appengine-user-ip': ip,
    'x-appengine-country': 'ZZ',
    'x-appengine-https': 'on',
    'x-appengine-default-version-hostname': defaultHostname,
    'x-appengine-request-log-id': id,
    'x-cloud-trace-context': `${id}/1;o=0`,
    traceparent: `00-${id}-0000000000000001-00`,
    via: '1.1 google',
  };
  return { id, ip, headers };
}

/** The first address of X-Forwarded-For, else the peer's. */
export function visitorAddress(request: IncomingMessage): string {
  const said = request.headers['x-forwarded-for'];
  const first = (Array.isArray(said) ? said[0] : said)?.split(',')[0]?.trim();
  return first || (request.socket.remoteAddress ?? '127.0.0.1');
}

/** Removes what only App Engine itself may say. */
export function dropForged(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-appengine-') || name.startsWith('x-cloudscheduler')) delete request.headers[name];
  }
}
