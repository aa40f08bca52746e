import { describe, expect, it } from 'vitest';
import { connectCloud } from '../../src/deploy/index.ts';
import { parseEndpoint } from '../../src/google/endpoint.ts';
import { waitForOperation } from '../../src/google/operations.ts';
import { connectRest } from '../../src/google/rest.ts';
import { leapingClock } from './clock.ts';
import { fault, type Reply, scriptedServer } from './scripted-server.ts';

const CREATE = /^POST \/v1\/apps\/demo\/services\/default\/versions$/;
const IN_PROGRESS =
  'Cannot operate on apps/demo/services/default/versions/v2 because an operation is already in progress for apps/demo by 2f1c.';

/** What people are told when the request that deletes a version is answered so; and how often it was sent. */
async function refused(reply: Reply) {
  const server = await scriptedServer(({ method, url }) => {
    if (method === 'DELETE') return reply;
    if (url.includes('/versions/')) return { json: { id: 'v2', servingStatus: 'SERVING' } };
    return { json: { id: 'default', split: { allocations: { v1: 1 } } } };
  });
  const endpoints = { appengine: `${server.url}/` };
  const cloud = connectCloud({ project: 'demo', endpoints, clock: leapingClock(), log: () => undefined });
  const error = await cloud.deleteVersion('default', 'v2').then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { error, sent: server.count(/^DELETE /) };
}

/** What people are told when an operation ends so. */
async function failed(code: number, message: string, details: object[] = []) {
  const name = 'apps/demo/operations/2f1c';
  const server = await scriptedServer(() => ({
    json: { name, done: true, error: { code, message, details } },
  }));
  const rest = connectRest(parseEndpoint('App Engine', server.url, 'appengine.googleapis.com'));
  return waitForOperation(rest, name, 'deploy version v2 of default', leapingClock()).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
}

/** One sentence of what happened with Google's own words, and one of what to do, that ends. */
function expectSentences(text: string | undefined, advice: RegExp) {
  expect(text).toMatch(/^Could not (?:delete|deploy) version v2 of default: Google says ".+"\. [A-Z].*\.$/);
  expect(text).toMatch(advice);
}

describe('a request that App Engine refuses', () => {
  const permission = (name: string, at = 'apps/demo') =>
    fault(403, 'PERMISSION_DENIED', `Permission '${name}' denied on resource '${at}' (or it may not exist).`);

  it.each<[string, Reply, string, RegExp]>([
    [
      '210 versions',
      fault(
        400,
        'INVALID_ARGUMENT',
        'Your app may not have more than 210 versions. Please delete one of the existing versions before trying to create a new version.',
      ),
      'quota',
      /\/versions clean in the chat proposes them/,
    ],
    [
      'too many files',
      fault(
        400,
        'INVALID_ARGUMENT',
        'This deployment has too many files. New versions are limited to 10000 files for this app.',
      ),
      'invalid',
      /\.gcloudignore/,
    ],
    [
      'nobody may act as the version’s account',
      fault(
        403,
        'PERMISSION_DENIED',
        "You do not have permission to act as 'demo@appspot.gserviceaccount.com'",
      ),
      'permission',
      /roles\/iam\.serviceAccountUser\) on that service account/,
    ],
    [
      'the bucket may not be listed',
      fault(
        403,
        'forbidden',
        'ci@demo.example does not have storage.objects.list access to the Google Cloud Storage bucket.',
      ),
      'permission',
      /roles\/storage\.objectAdmin\) on that bucket/,
    ],
    [
      'the staging bucket is gone',
      fault(404, 'notFound', 'The specified bucket does not exist.'),
      'not-found',
      /gcloud beta app repair/,
    ],
    [
      'cron jobs may not be changed',
      fault(
        403,
        'PERMISSION_DENIED',
        'The principal (user or service account) lacks IAM permission "cloudscheduler.jobs.create" for the resource "projects/demo/locations/us-central1" (or the resource may not exist).',
      ),
      'permission',
      /roles\/cloudscheduler\.admin\) on the project/,
    ],
    [
      'another project than one thinks',
      fault(
        403,
        'PERMISSION_DENIED',
        'You do not have permission to access app [demo] (or it may not exist): The caller does not have permission',
      ),
      'permission',
      /Check GOOGLE_CLOUD_PROJECT; if it is right, grant App Engine Deployer/,
    ],
    [
      'a permission of App Engine’s by name',
      permission('appengine.services.update'),
      'permission',
      /roles\/appengine\.serviceAdmin, on the project .*"sluice doctor" prints the command/,
    ],
    [
      'a permission of Monitoring’s by name',
      permission('monitoring.timeSeries.list', 'projects/demo'),
      'permission',
      /roles\/monitoring\.viewer, on the project/,
    ],
    [
      'a permission that nobody knows',
      permission('spanner.databases.read'),
      'permission',
      /Grant the missing role to the account that Sluice runs as/,
    ],
    [
      'an API that is not enabled',
      fault(403, 'PERMISSION_DENIED', 'Refused.', [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' },
      ]),
      'permission',
      /Enable the API/,
    ],
    [
      'no billing account',
      fault(403, 'PERMISSION_DENIED', 'Billing must be enabled for activation of service.'),
      'permission',
      /billing account/,
    ],
  ])('%s', async (_, reply, kind, advice) => {
    const { error, sent } = await refused(reply);
    expect(error).toMatchObject({ name: 'CloudError', kind, retryable: false });
    expectSentences(error?.message, advice);
    expect(sent).toBe(1);
  });

  it.each<[string, Reply, string, RegExp]>([
    ['another operation', fault(409, 'ABORTED', IN_PROGRESS), 'conflict', /wait until it has ended/],
    [
      'another operation, in older words',
      fault(409, 'ABORTED', 'Apps instance [demo] is the subject of a conflict.'),
      'conflict',
      /wait until it has ended/,
    ],
    [
      'too many requests',
      fault(
        429,
        'RESOURCE_EXHAUSTED',
        "Quota exceeded for quota metric 'Admin API requests' and limit 'Admin API requests per minute'.",
        [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT_EXCEEDED' }],
      ),
      'quota',
      /try again in a minute/,
    ],
  ])('for the moment only: %s', async (_, reply, kind, advice) => {
    const { error, sent } = await refused(reply);
    expect(error).toMatchObject({ name: 'CloudError', kind, retryable: true });
    expectSentences(error?.message, advice);
    expect(sent).toBeGreaterThan(5);
  });
});

describe('an operation that fails', () => {
  const INVALID_BUCKET =
    'Failed to create cloud build: invalid bucket "staging.demo.appspot.com"; service account demo@appspot.gserviceaccount.com does not have access to the bucket';

  it.each<[number, string, string, RegExp]>([
    [13, 'An internal error occurred.', 'failed', /Cloud Build.*role of the build’s service account/],
    [
      13,
      INVALID_BUCKET,
      'permission',
      /storage\.objectViewer .*artifactregistry\.writer .*logging\.logWriter/,
    ],
    [
      7,
      'Permission "artifactregistry.repositories.list" denied on resource "//artifactregistry.googleapis.com/projects/demo"',
      'permission',
      /artifactregistry\.writer/,
    ],
    [4, 'Timed out waiting for the app infrastructure to become healthy.', 'failed', /start-up logs/],
    [4, 'Timed out waiting for network to be provisioned.', 'failed', /start-up logs/],
    [9, 'Cloud build 6f1c status: FAILURE', 'failed', /its log says where/],
    [9, 'Unable to retrieve P4SA from GAIA.', 'failed', /in some minutes/],
    [10, IN_PROGRESS, 'conflict', /wait until it has ended/],
  ])('[%i] %s', async (code, message, kind, advice) => {
    const error = await failed(code, message);
    // It has ended, and waiting does not revive it.
    expect(error).toMatchObject({ name: 'CloudError', kind, retryable: false });
    expectSentences(error?.message, advice);
    expect(error?.message).toContain(message.replace(/\.$/, ''));
  });

  it('because nobody may act as the version’s account, which only the details name', async () => {
    const error = await failed(7, 'Refused.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ResourceInfo',
        description: "You do not have permission to act as 'demo@appspot.gserviceaccount.com'",
      },
    ]);
    expectSentences(error?.message, /act as 'demo@appspot.*roles\/iam\.serviceAccountUser\)/);
  });
});

describe('a version that was made', () => {
  it('and is not shown for a while is waited for, as App Engine’s reads are behind', async () => {
    let looks = 0;
    const name = 'apps/demo/operations/2f1c';
    const server = await scriptedServer(({ method, url }): Reply => {
      if (method === 'POST') return { json: { name } };
      if (url.includes('/operations/')) return { json: { name, done: true, response: {} } };
      const known = { id: 'v2', servingStatus: 'SERVING', versionUrl: 'http://v2.example' };
      return ++looks > 4 ? { json: known } : fault(404, 'NOT_FOUND', "Could not find Version 'v2'.");
    });
    const cloud = connectCloud({
      project: 'demo',
      endpoints: { appengine: `${server.url}/` },
      clock: leapingClock(),
      log: () => undefined,
    });
    const packed = { kind: 'zip', url: 'https://storage.googleapis.com/b/app.zip', files: 3 } as const;
    const folder = new URL('../../examples/signals', import.meta.url).pathname;
    const request = { service: 'default', version: 'v2', folder, packed, startedAt: 0, resumed: false };
    const hooks = { onOperation: async () => undefined, onProgress: () => undefined };
    await expect(cloud.deploy(request, hooks)).resolves.toMatchObject({ versionUrl: 'http://v2.example' });
    expect(server.count(CREATE)).toBe(1);
    expect(looks).toBe(5);
  });
});
