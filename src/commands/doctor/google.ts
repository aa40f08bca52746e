import * as v from 'valibot';
import type { CloudConfig } from '../../config.ts';
import { connectCloud } from '../../deploy/index.ts';
import { CloudError } from '../../google/cloud-error.ts';
import { type Account, findAccount } from '../../google/credentials.ts';
import { parseEndpoint } from '../../google/endpoint.ts';
import { missingOnBucket, missingPermissions } from '../../google/permissions.ts';
import { connectRest } from '../../google/rest.ts';
import { connectMonitoring } from '../../monitor/index.ts';
import type { Clock } from '../../plan/clock.ts';
import { MINUTE } from '../../plan/duration.ts';
import { type Examination, good, open, wrong } from './finding.ts';
import { grantCommand, NEEDS, type Places, type Scope } from './permissions.ts';

/** Figures of this long are asked for: enough for minutes that show late. */
const LOOK_BACK_MS = 15 * MINUTE;

type Remote = Extract<CloudConfig, { kind: 'remote' }>;

/** @param planned the services that the plan names. */
export async function* examineGoogle(
  cloud: CloudConfig,
  planned: readonly string[],
  clock: Clock,
): Examination {
  if (cloud.kind === 'local') {
    yield open(
      'Google',
      'no GOOGLE_CLOUD_PROJECT: `sluice start` brings a local App Engine, `sluice run` needs a project.',
    );
    return;
  }
  const account = yield* examineCredentials(cloud);
  if (!account) return;
  const app = yield* examineApp(cloud);
  if (!app) return;
  const service = yield* examineServices(cloud, planned, clock);
  const places = { project: cloud.project, bucket: app.codeBucket, account: app.serviceAccount };
  yield* examinePermissions(cloud, places, account);
  if (service !== undefined) yield* examineMonitoring(cloud, service, clock);
}

async function* examineCredentials({ endpoints }: Remote): Examination<Account | undefined> {
  try {
    const account = await findAccount(
      parseEndpoint('App Engine', endpoints.appengine, 'appengine.googleapis.com'),
    );
    yield good(
      'Credentials',
      account ? `those of ${account.email ?? 'a person'} give a token.` : 'none are needed on this machine.',
    );
    return account ?? {};
  } catch (error) {
    yield wrong('Credentials', sayError(error));
    return undefined;
  }
}

const application = v.object({
  servingStatus: v.optional(v.string(), 'SERVING'),
  codeBucket: v.optional(v.string()),
  serviceAccount: v.optional(v.string()),
});

async function* examineApp({
  project,
  endpoints,
}: Remote): Examination<v.InferOutput<typeof application> | undefined> {
  const rest = connectRest(parseEndpoint('App Engine', endpoints.appengine, 'appengine.googleapis.com'));
  try {
    const app = await rest.read(`read the app of ${project}`, async () =>
      v.parse(application, await rest.json('GET', `/v1/apps/${project}`)),
    );
    yield app.servingStatus === 'SERVING'
      ? good('Project', `${project} has an App Engine app that serves.`)
      : wrong(
          'Project',
          `the app of ${project} is ${app.servingStatus}.`,
          'Switch it on under App Engine, Settings.',
        );
    yield app.codeBucket
      ? good('Staging bucket', app.codeBucket)
      : wrong('Staging bucket', 'the app names none.', `gcloud beta app repair --project=${project}`);
    return app;
  } catch (error) {
    const missing = error instanceof CloudError && error.kind === 'not-found';
    yield wrong(
      'Project',
      sayError(error),
      missing ? `If the project is right but new: gcloud app create --project=${project}` : undefined,
    );
    return undefined;
  }
}

/** @returns a service to ask for the figures of. */
async function* examineServices(
  { project, endpoints }: Remote,
  planned: readonly string[],
  clock: Clock,
): Examination<string | undefined> {
  try {
    const { appengine, logging, storage } = endpoints;
    const cloud = connectCloud({ project, endpoints: { appengine, logging, storage }, clock, log: () => {} });
    const live = await cloud.listServices();
    const missing = planned.filter((name) => !live.includes(name));
    const has = `the project has ${live.join(', ') || 'none'}`;
    if (missing.length > 0) {
      yield wrong(
        'Services',
        `the plan names ${missing.join(', ')}, but ${has}.`,
        'Correct the plan, or deploy the first version of the service by hand.',
      );
    } else if (live.length === 0) {
      yield wrong('Services', `${has}.`, 'Deploy the first version of the service default by hand.');
    } else yield good('Services', `${has}.`);
    return planned.find((name) => live.includes(name)) ?? live[0];
  } catch (error) {
    yield wrong('Services', sayError(error));
    return undefined;
  }
}

async function* examinePermissions(cloud: Remote, places: Places, { email }: Account): Examination {
  try {
    const missing = new Set(await findMissing(cloud, places));
    const lacking = NEEDS.filter(({ permissions }) => permissions.some((one) => missing.has(one)));
    for (const need of lacking) {
      const which = need.permissions.filter((one) => missing.has(one)).join(', ');
      yield wrong('Permissions', `${need.role} is missing (${which}).`, grantCommand(need, places, email));
    }
    if (lacking.length === 0) yield good('Permissions', 'the account may do all that a release takes.');
  } catch (error) {
    yield wrong('Permissions', sayError(error));
  }
}

/** A role may be granted on the project, or on the one bucket and the one account that it is needed for. */
async function findMissing({ project, endpoints }: Remote, places: Places): Promise<string[]> {
  const { cloudresourcemanager, storage, iam } = endpoints;
  const manager = connectRest(
    parseEndpoint('Cloud Resource Manager', cloudresourcemanager, 'cloudresourcemanager.googleapis.com'),
  );
  const all = NEEDS.flatMap(({ permissions }) => permissions);
  const missing = await missingPermissions(manager, `projects/${project}`, all);
  const of = (scope: Scope) => {
    const scoped = NEEDS.filter((need) => need.scope === scope).flatMap(({ permissions }) => permissions);
    return missing.filter((one) => scoped.includes(one));
  };

  const onBucket = of('bucket');
  const onAccount = of('account');
  const still = [...of('project')];
  if (onBucket.length > 0 && places.bucket) {
    const rest = connectRest(
      parseEndpoint('Cloud Storage', storage, 'storage.googleapis.com', '/storage/v1/'),
    );
    still.push(...(await missingOnBucket(rest, places.bucket, onBucket)));
  } else still.push(...onBucket);
  if (onAccount.length > 0 && places.account) {
    const rest = connectRest(parseEndpoint('IAM', iam, 'iam.googleapis.com'));
    still.push(
      ...(await missingPermissions(rest, `projects/-/serviceAccounts/${places.account}`, onAccount)),
    );
  } else still.push(...onAccount);
  return still;
}

async function* examineMonitoring(
  { project, endpoints }: Remote,
  service: string,
  clock: Clock,
): Examination {
  const monitoring = connectMonitoring({ project, endpoint: endpoints.monitoring, clock, log: () => {} });
  const to = Math.floor(clock.now() / MINUTE) * MINUTE;
  try {
    // No version bears this name, so that everything counts as the baseline.
    const points = await monitoring.minutes({ service, canary: '-', from: to - LOOK_BACK_MS, to });
    const requests = points.reduce((sum, point) => sum + point.requests, 0);
    yield good(
      'Monitoring',
      `it answers: ${service} had ${requests.toLocaleString('en')} requests within 15 minutes.`,
    );
  } catch (error) {
    yield wrong('Monitoring', sayError(error));
  }
}

function sayError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
