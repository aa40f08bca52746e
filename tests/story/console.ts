import { expect } from 'vitest';
import { liveSplit, type Team } from './team.ts';

/** Somebody with the console open, who knows nothing of Sluice. */
export interface Console {
  /** Moves the traffic of the default service, in shares of 1, and waits until it is moved. */
  moveTo(allocations: Readonly<Record<string, number>>): Promise<void>;
  /** The version beside v1. */
  newVersion(): Promise<string>;
  deleteVersion(version: string): Promise<void>;
  createCronJob(schedule: string, path: string): Promise<void>;
  /** Paths of all hosts to services. */
  route(rules: Readonly<Record<string, string>>): Promise<void>;
}

export function consoleOf(team: Team): Console {
  const { url = '', project = '' } = team.sandbox.appEngine ?? {};
  const service = `${url}/v1/apps/${project}/services/default`;
  return {
    async moveTo(allocations) {
      await send('PATCH', `${service}?updateMask=split`, { split: { allocations, shardBy: 'RANDOM' } });
      await expect.poll(() => liveSplit(team), { timeout: 60_000 }).toEqual(allocations);
    },
    async newVersion() {
      const { versions } = (await (await fetch(`${service}/versions`)).json()) as {
        versions: { id: string }[];
      };
      const found = versions.find(({ id }) => id !== 'v1');
      if (!found) throw new Error('There is no version beside v1.');
      return found.id;
    },
    deleteVersion: (version) => send('DELETE', `${service}/versions/${version}`),
    route: (rules) =>
      send('PATCH', `${url}/v1/apps/${project}?updateMask=dispatchRules`, {
        dispatchRules: Object.entries(rules).map(([path, to]) => ({ domain: '*', path, service: to })),
      }),
    createCronJob: (schedule, relativeUri) =>
      send('POST', `${url}/v1beta1/projects/${project}/locations/us-central1/jobs`, {
        schedule,
        timeZone: 'UTC',
        legacyAppEngineCron: true,
        appEngineHttpTarget: { relativeUri, httpMethod: 'GET' },
      }),
  };
}

async function send(method: string, url: string, body?: object): Promise<void> {
  const reply = await fetch(url, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${url}: ${reply.status} ${await reply.text()}`);
}
