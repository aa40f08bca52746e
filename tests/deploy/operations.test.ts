import { describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../src/google/endpoint.ts';
import { waitForOperation } from '../../src/google/operations.ts';
import { connectRest } from '../../src/google/rest.ts';
import { leapingClock } from './clock.ts';
import { fault, inTurn, type Reply, scriptedServer } from './scripted-server.ts';

const NAME = 'apps/demo/operations/abc';
const running: Reply = { json: { name: NAME, metadata: { '@type': 'type.googleapis.com/unheard.Of' } } };
const done: Reply = {
  json: { name: NAME, done: true, response: { '@type': 'type.googleapis.com/unheard.Of' } },
};

async function poll(answer: () => Reply, timeoutMs = 30_000) {
  const server = await scriptedServer(answer);
  const rest = connectRest(parseEndpoint('App Engine', server.url, 'appengine.googleapis.com'), timeoutMs);
  const clock = leapingClock();
  const end = waitForOperation(rest, NAME, 'set the traffic of default', clock);
  return { server, clock, end };
}

describe('waiting for an operation', () => {
  it('outlives 503, a reset, a page of HTML, and a server that hangs', async () => {
    const { server, end } = await poll(
      inTurn(
        fault(503, 'UNAVAILABLE', 'The service is currently unavailable.'),
        fault(500, 'INTERNAL', 'Internal error encountered.'),
        { cut: true },
        { html: '<html><title>502</title>Bad Gateway</html>', status: 502 },
        { html: '<html>Sign in to the hotel</html>', status: 200 },
        { hang: true },
        running,
        done,
      ),
      300,
    );
    await end;
    expect(server.seen).toHaveLength(8);
  });

  it('polls fast at first and slower later', async () => {
    const { clock, end } = await poll(inTurn(...Array.from({ length: 20 }, () => running), done));
    await end;
    expect(clock.slept[0]).toBe(100);
    expect(clock.slept.at(-1)).toBe(5_000);
    expect(clock.slept.every((ms, i) => i === 0 || ms >= (clock.slept[i - 1] ?? 0))).toBe(true);
  });

  it('keeps the true text of a failure, whatever details come with it', async () => {
    const error = {
      code: 7,
      message: "You do not have permission to act as 'demo@appspot.gserviceaccount.com'",
      details: [{ '@type': 'type.googleapis.com/google.rpc.ResourceInfo', resourceType: 'serviceAccount' }],
    };
    const { end } = await poll(inTurn(running, { json: { name: NAME, done: true, error } }));
    await expect(end).rejects.toMatchObject({ kind: 'permission', retryable: false });
    await expect(end).rejects.toThrow(/act as 'demo@appspot.*Service Account User/);
  });

  it.each([
    [
      '[13] Failed to create cloud build: invalid bucket "staging.demo.appspot.com"; service account demo@appspot.gserviceaccount.com does not have access to the bucket',
      'permission',
      /artifactregistry\.writer/,
    ],
    ['Cloud build 6f1c status: FAILURE\nnpm ERR! missing script: build', 'failed', /its log says where/],
    [
      'Unable to retrieve P4SA: [service-1@gcp-gae-service.iam.gserviceaccount.com] from GAIA.',
      'failed',
      /in some minutes/,
    ],
    ['Timed out waiting for the app infrastructure to become healthy.', 'failed', /start-up logs/],
    ['Billing account for project 42 is disabled.', 'permission', /billing account/],
    ["Permission 'artifactregistry.repositories.uploadArtifacts' denied", 'permission', /logging\.logWriter/],
    ['This deployment has too many files.', 'invalid', /\.gcloudignore/],
  ])('a known failure has its own advice: %s', async (message, kind, advice) => {
    const { end } = await poll(inTurn({ json: { name: NAME, done: true, error: { code: 9, message } } }));
    await expect(end).rejects.toMatchObject({ kind, retryable: false });
    await expect(end).rejects.toThrow(advice);
    await expect(end).rejects.toThrow(message.replace(/\.$/, ''));
  });

  it('tells what the details add, and where the build’s log is unless the text says it', async () => {
    const metadata = { createVersionMetadata: { cloudBuildId: '6f1c' } };
    const details = [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'version.runtime', description: 'no such runtime' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ url: 'https://example.com/help' }] },
      { '@type': 'type.googleapis.com/unheard.Of', violations: 'not a list' },
    ];
    const error = { code: 3, message: 'Invalid value.', details };
    const { end } = await poll(inTurn({ json: { name: NAME, done: true, metadata, error } }));
    await expect(end).rejects.toThrow(
      'Could not set the traffic of default: Google says "[3] Invalid value (version.runtime: no such runtime; https://example.com/help)". The build’s log: https://console.cloud.google.com/cloud-build/builds/6f1c?project=demo',
    );
    const told = {
      code: 9,
      message: 'Failed, see https://console.cloud.google.com/cloud-build/builds;region=x/6f1c?project=demo',
    };
    const again = await poll(inTurn({ json: { name: NAME, done: true, metadata, error: told } }));
    await expect(again.end).rejects.not.toThrow(/The build’s log/);
  });

  it('says what to look at when Google gives no cause', async () => {
    const error = { code: 13, message: 'An internal error occurred.' };
    const { end } = await poll(inTurn({ json: { name: NAME, done: true, error } }));
    await expect(end).rejects.toThrow(
      /Could not set the traffic of default: Google says "\[13\] An internal.*Cloud Build/,
    );
  });

  it('gives up after an hour of its clock, and says so', async () => {
    const { clock, end } = await poll(() => running);
    const start = clock.now();
    await expect(end).rejects.toThrow(/has not ended within an hour/);
    expect(clock.now() - start).toBeGreaterThanOrEqual(60 * 60_000);
  });

  it('ends at once when nobody knows the operation', async () => {
    const { end } = await poll(() => fault(404, 'NOT_FOUND', 'Operation not found.'));
    await expect(end).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('stops when told to, in the middle of a request that hangs', async () => {
    const server = await scriptedServer(() => ({ hang: true }));
    const rest = connectRest(parseEndpoint('App Engine', server.url, 'appengine.googleapis.com'));
    const stop = new AbortController();
    const end = waitForOperation(rest, NAME, 'x', leapingClock(), stop.signal);
    setTimeout(() => stop.abort(new Error('the bot is stopping')), 200);
    await expect(end).rejects.toThrow('the bot is stopping');
  });
});
