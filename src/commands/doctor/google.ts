import type { CloudConfig } from '../../config.ts';
import { type Application, readApplication } from '../../deploy/application.ts';
import { connectCloud } from '../../deploy/index.ts';
import { CloudError } from '../../google/cloud-error.ts';
import { type Account, findAccount } from '../../google/credentials.ts';
import { parseEndpoint } from '../../google/endpoint.ts';
import {
  CLEANING_NEED,
  CRON_NEED,
  DISPATCH_NEED,
  grantCommand,
  NEEDS,
  type Need,
  type Places,
} from '../../google/needs.ts';
import { findLacks } from '../../google/permissions.ts';
import { connectRest } from '../../google/rest.ts';
import { connectMonitoring } from '../../monitor/index.ts';
import type { Clock } from '../../plan/clock.ts';
import { MINUTE } from '../../plan/duration.ts';
import { type Examination, good, open, wrong } from './finding.ts';

/** Figures of this long are asked for: enough for minutes that show late. */
const LOOK_BACK_MS = 15 * MINUTE;

type Remote = Extract<CloudConfig, { kind: 'remote' }>;

/** What only some releases take. */
export interface Extras {
  /** Cron jobs go out with a service. */
  readonly cron: boolean;
  /** Routing goes out with a service. */
  readonly dispatch: boolean;
  /** The plan says what `/versions clean` may propose. */
  readonly cleaning: boolean;
}

/** @param planned the services of the plan. */
export async function* examineGoogle(
  cloud: CloudConfig,
  planned: readonly string[],
  { cron, dispatch, cleaning }: Extras,
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
  const needs = [
    ...NEEDS,
    ...(cron ? [CRON_NEED] : []),
    ...(dispatch ? [DISPATCH_NEED] : []),
    ...(cleaning ? [CLEANING_NEED] : []),
  ];
  yield* examinePermissions(cloud, needs, places, account);
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

async function* examineApp({ project, endpoints }: Remote): Examination<Application | undefined> {
  const rest = connectRest(parseEndpoint('App Engine', endpoints.appengine, 'appengine.googleapis.com'));
  try {
    const app = await readApplication(rest, project);
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

async function* examinePermissions(
  { endpoints }: Remote,
  needs: readonly Need[],
  places: Places,
  { email }: Account,
): Examination {
  const { cloudresourcemanager, storage, iam } = endpoints;
  const gates = {
    cloudresourcemanager: connectRest(
      parseEndpoint('Cloud Resource Manager', cloudresourcemanager, 'cloudresourcemanager.googleapis.com'),
    ),
    storage: connectRest(parseEndpoint('Cloud Storage', storage, 'storage.googleapis.com', '/storage/v1/')),
    iam: connectRest(parseEndpoint('IAM', iam, 'iam.googleapis.com')),
  };
  try {
    const lacks = await findLacks(gates, needs, places);
    for (const { need, permissions } of lacks) {
      const says = `${need.role} is missing (${permissions.join(', ')}).`;
      yield wrong('Permissions', says, grantCommand(need, places, email));
    }
    if (lacks.length === 0) yield good('Permissions', 'the account may do all that a release takes.');
  } catch (error) {
    yield wrong('Permissions', sayError(error));
  }
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
