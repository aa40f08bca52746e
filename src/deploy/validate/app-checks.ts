import { CloudError } from '../../google/cloud-error.ts';
import { findAccount } from '../../google/credentials.ts';
import type { Endpoint } from '../../google/endpoint.ts';
import { CRON_NEED, DISPATCH_NEED, grantCommand, NEEDS } from '../../google/needs.ts';
import { findLacks, type Gates, missingOnBucket } from '../../google/permissions.ts';
import type { Rest } from '../../google/rest.ts';
import { describeSplit } from '../../plan/split.ts';
import type { AppEngine } from '../app-engine.ts';
import { readAppYaml } from '../app-yaml/read.ts';
import type { Application } from '../application.ts';
import { hasCron, hasDispatch } from '../config-files.ts';
import { regionOf } from '../cron/scheduler.ts';
import { listServices, readSplit } from '../services.ts';
import { findVersion } from '../versions.ts';

/** Uploads write objects; a list tells which are there; App Engine reads them by our credentials. */
const ON_BUCKET = ['storage.objects.create', 'storage.objects.get', 'storage.objects.list'];

export async function checkPermissions(
  gates: Gates,
  appengine: Endpoint,
  project: string,
  app: Application,
  { folder, cronFile }: { readonly folder?: string; readonly cronFile?: string },
  signal?: AbortSignal,
): Promise<string> {
  const cron = cronFile !== undefined || (folder !== undefined && (await hasCron(folder)));
  const dispatch = folder !== undefined && (await hasDispatch(folder));
  const needs = [...NEEDS, ...(cron ? [CRON_NEED] : []), ...(dispatch ? [DISPATCH_NEED] : [])];
  const account = (await ownAccount(folder)) ?? app.serviceAccount;
  const places = { project, bucket: app.codeBucket, account };
  const lacks = await findLacks(gates, needs, places, signal);
  if (lacks.length === 0) {
    const more = [...(cron ? ['cron jobs'] : []), ...(dispatch ? ['routing'] : [])].join(' and ');
    return `The account may do all that this takes${more && `, ${more} included`}.`;
  }
  const ours = await findAccount(appengine);
  const sentences = lacks.map(
    ({ need, permissions }) =>
      `${need.role} is missing (${permissions.join(', ')}): ${grantCommand(need, places, ours?.email)}`,
  );
  throw new CloudError('permission', sentences.join('\n'));
}

/** What app.yaml has the version run as. What else is wrong with the file, the look at the files says. */
async function ownAccount(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  try {
    const { serviceAccount } = (await readAppYaml(folder)).body;
    return typeof serviceAccount === 'string' ? serviceAccount : undefined;
  } catch (error) {
    if (error instanceof CloudError) return undefined;
    throw error;
  }
}

/** @param region of the plan; App Engine's old names, without the number, are taken too. */
export function checkRegion(project: string, locationId: string, region: string | undefined): string {
  const where = regionOf(locationId);
  if (region === undefined) return `The app is in ${where}; the plan asks for no region.`;
  if (regionOf(region) === where) return `The app is in ${where}.`;
  throw new CloudError(
    'invalid',
    `The app of ${project} is in ${where}, and the plan says ${region}. An app never moves: correct the plan, or the project.`,
  );
}

export async function checkService(
  engine: AppEngine,
  app: Application,
  service: string,
  signal?: AbortSignal,
): Promise<string> {
  if (app.servingStatus !== 'SERVING') {
    throw new CloudError(
      'invalid',
      `The app of ${engine.project} is ${app.servingStatus}: switch it on under App Engine, Settings.`,
    );
  }
  const split = await readSplit(engine, service, signal);
  if (!split) {
    const known = (await listServices(engine, signal)).join(', ') || 'none';
    throw new CloudError(
      'not-found',
      `There is no service ${service} (there is: ${known}). Correct the plan, or deploy a first version of it by hand.`,
    );
  }
  const versions = await Promise.all(
    Object.keys(split.shares).map((id) => findVersion(engine, service, id, signal)),
  );
  const idle = versions.filter((version) => version && version.servingStatus !== 'SERVING');
  if (idle.length > 0) {
    const names = idle.map((version) => version?.id).join(', ');
    throw new CloudError(
      'invalid',
      `${service} sends traffic to ${names}, which is stopped: start it, or move the traffic away from it.`,
    );
  }
  return `${service} serves: ${describeSplit(split)}.`;
}

export async function checkBucket(
  storage: Rest,
  project: string,
  { codeBucket }: Application,
  signal?: AbortSignal,
): Promise<string> {
  if (codeBucket === '') {
    throw new CloudError(
      'not-found',
      `The app of ${project} has no staging bucket: run "gcloud beta app repair --project=${project}".`,
    );
  }
  const missing = await missingOnBucket(storage, codeBucket, ON_BUCKET, signal);
  if (missing.length === 0) return `${codeBucket} is there and can be written.`;
  throw new CloudError(
    'permission',
    `${codeBucket} is there, but the account lacks ${missing.join(', ')} on it: give it roles/storage.objectAdmin there.`,
  );
}
