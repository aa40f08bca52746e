import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { textAt } from '../json.ts';
import { timestamp } from '../resources.ts';
import type { Visit } from './jobs.ts';

/** Where App Engine's cron requests come from, and what they call themselves. */
const ADDRESS = '0.1.0.2';
const AGENT = 'AppEngine-Google; (+http://code.google.com/appengine)';
/** Real milliseconds; App Engine gives a cron request ten minutes. */
const GIVE_UP = 60_000;
const PASS = 'x-sandbox-cron';

/** Only who knows this process's secret comes through the front door as cron. */
const secret = randomUUID();

/** Asks the application through its front door, so that the split, or the job's own target, says which version answers. */
export function cronVisit(door: () => string): Visit {
  return (target, { job, due, retry }) =>
    new Promise((resolve) => {
      const { hostname, port } = new URL(door());
      const out = httpRequest({
        hostname,
        port,
        method: textAt(target, 'httpMethod') ?? 'GET',
        path: textAt(target, 'relativeUri') ?? '/',
        timeout: GIVE_UP,
        headers: {
          host: hostOf(target.appEngineRouting, port),
          'user-agent': AGENT,
          'x-forwarded-for': ADDRESS,
          'x-appengine-cron': 'true',
          'x-appengine-queuename': '__cron',
          'x-appengine-taskretrycount': String(retry),
          'x-cloudscheduler': 'true',
          'x-cloudscheduler-jobname': job,
          'x-cloudscheduler-scheduletime': timestamp(due),
          [PASS]: secret,
        },
      });
      out.once('timeout', () => out.destroy());
      out.once('response', (answer) => {
        answer.resume();
        answer.once('close', () => resolve(answer.statusCode ?? 0));
      });
      out.once('error', () => resolve(0));
      out.end();
    });
}

/** Whether a request is of this process's own cron, which no visitor can forge. Takes the proof off it. */
export function isCron(request: IncomingMessage): boolean {
  const pass = request.headers[PASS];
  delete request.headers[PASS];
  return pass === secret;
}

/** The host that names the version or service that a job is meant for, as `VERSION-dot-SERVICE` does. */
function hostOf(routing: unknown, port: string): string {
  const { service, version } = (routing ?? {}) as { service?: string; version?: string };
  const named = [version, version ? (service ?? 'default') : service].filter(Boolean).join('-dot-');
  return named === '' ? `127.0.0.1:${port}` : `${named}.localhost:${port}`;
}
