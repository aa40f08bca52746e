import { CloudError } from '../../google/cloud-error.ts';
import type { AppEngine } from '../app-engine.ts';
import { readTraffic } from '../traffic.ts';
import { checkVersionId } from '../version-id.ts';

/** "Your app may not have more than 210 versions", all services together. An app without billing has 15; that cannot be seen. */
const MOST_VERSIONS = 210;
const FEW_LEFT = 10;

interface Wanted {
  readonly service: string;
  readonly version: string;
  /** Absent when the version is at App Engine already. */
  readonly folder?: string;
}

export async function checkVersions(
  app: AppEngine,
  { service, version, folder }: Wanted,
  signal?: AbortSignal,
): Promise<string> {
  const wrong = checkVersionId(version);
  if (wrong !== undefined) throw new CloudError('invalid', wrong);
  const traffic = await readTraffic(app, signal);
  const count = traffic.reduce((sum, { versions }) => sum + versions.length, 0);
  const own = traffic.find((one) => one.service === service)?.versions ?? [];
  const there = own.some(({ id }) => id === version);
  if (folder === undefined) {
    if (there) return `${version} is there; the app has ${count} of ${MOST_VERSIONS} versions.`;
    throw new CloudError('not-found', `${service} has no version ${version}: name one that is there.`);
  }
  if (there) {
    throw new CloudError(
      'conflict',
      `${service} has a version ${version} already: take another id, because deploying onto it would replace it at once.`,
    );
  }
  const left = MOST_VERSIONS - count;
  if (left <= 0) {
    throw new CloudError(
      'quota',
      `The app has ${count} versions, and App Engine takes ${MOST_VERSIONS} at most: delete some that have no traffic and are nobody’s way back.`,
    );
  }
  const soon = left < FEW_LEFT ? ` Only ${left} more will fit: delete some soon.` : '';
  return `The app has ${count} of ${MOST_VERSIONS} versions, and ${version} is free.${soon}`;
}
