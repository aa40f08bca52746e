import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { connectCloud } from '../../src/deploy/index.ts';
import { leapingClock } from './clock.ts';
import { fault, inTurn, type Reply, scriptedServer } from './scripted-server.ts';

async function cloudThat(answer: () => Reply) {
  const server = await scriptedServer(answer);
  const cloud = connectCloud({
    project: 'demo',
    endpoints: {
      appengine: `${server.url}/`,
      storage: `${server.url}/storage/v1/`,
      logging: `${server.url}/`,
    },
    clock: leapingClock(),
    log: () => undefined,
  });
  return { server, cloud };
}

const service = {
  json: { name: 'apps/demo/services/default', id: 'default', split: { allocations: { v1: 1 } } },
};

describe('reads through Google’s own client', () => {
  it('are tried again after 503, a reset and HTML', async () => {
    const { server, cloud } = await cloudThat(
      inTurn(
        fault(503, 'UNAVAILABLE', 'unavailable'),
        { cut: true },
        { html: '<h1>502 Bad Gateway</h1>', status: 502 },
        service,
      ),
    );
    await expect(cloud.readSplit('default')).resolves.toEqual({
      shardBy: 'UNSPECIFIED',
      shares: { v1: 1000 },
    });
    expect(server.seen).toHaveLength(4);
  });

  it('carry no credential to this machine', async () => {
    const { server, cloud } = await cloudThat(() => service);
    await cloud.readSplit('default');
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('give up after a few tries with what the other side said', async () => {
    const { cloud } = await cloudThat(() => ({ html: '<p>The sky <b>has fallen</b></p>', status: 502 }));
    await expect(cloud.readSplit('default')).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
    await expect(cloud.readSplit('default')).rejects.toThrow(/HTTP 502: The sky has fallen/);
  });

  it('stop in mid-request when told to', async () => {
    const { cloud } = await cloudThat(() => ({ hang: true }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopping')), 700);
    await expect(cloud.listVersions('default', stop.signal)).rejects.toThrow('stopping');
  });

  it('tell a service that is missing from an app that is missing', async () => {
    const missing = await cloudThat(() => fault(404, 'NOT_FOUND', "Could not find Service 'shop'."));
    await expect(missing.cloud.readSplit('shop')).resolves.toBeUndefined();
    const noApp = await cloudThat(() => fault(404, 'NOT_FOUND', "Could not find Application 'demo'."));
    await expect(noApp.cloud.readSplit('shop')).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('failures in words', () => {
  const cases: [Reply, string, RegExp][] = [
    [
      fault(
        403,
        'PERMISSION_DENIED',
        'App Engine Admin API has not been used in project 42 before or it is disabled.',
        [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
      ),
      'permission',
      /Could not list the services of demo: .*Enable the API/,
    ],
    [
      fault(403, 'PERMISSION_DENIED', 'The caller does not have permission'),
      'permission',
      /Grant the missing role/,
    ],
    [fault(400, 'INVALID_ARGUMENT', 'Page size too large'), 'invalid', /"Page size too large"/],
    [fault(404, 'NOT_FOUND', 'Not found.'), 'not-found', /Check the project/],
  ];
  it.each(cases)('%#', async (reply, kind, sentence) => {
    const { server, cloud } = await cloudThat(() => reply);
    const call = cloud.listServices();
    await expect(call).rejects.toMatchObject({ name: 'CloudError', kind, retryable: false });
    await expect(call).rejects.toThrow(sentence);
    expect(server.seen).toHaveLength(1);
  });

  it('nobody listens', async () => {
    const cloud = connectCloud({
      project: 'demo',
      endpoints: { appengine: 'http://127.0.0.1:9/' },
      clock: leapingClock(),
      log: () => undefined,
    });
    await expect(cloud.listServices()).rejects.toThrow(
      /^Could not list the services of demo: no answer came \(ECONNREFUSED\)\./,
    );
  });
});

describe('credentials', () => {
  it('that are not where they should be: which file, and what to do', async () => {
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '/no/such/key.json');
    onTestFinished(() => void vi.unstubAllEnvs());
    const cloud = connectCloud({
      project: 'demo',
      endpoints: { appengine: 'https://127.0.0.1:9/' },
      clock: leapingClock(),
      log: () => undefined,
    });
    const call = cloud.listServices();
    await expect(call).rejects.toMatchObject({ kind: 'credentials', retryable: false });
    await expect(call).rejects.toThrow(/\/no\/such\/key\.json.*gcloud auth application-default login/);
  });
});

describe('endpoints', () => {
  const connect = (appengine: string) => () =>
    connectCloud({ project: 'demo', endpoints: { appengine }, clock: leapingClock(), log: () => undefined });

  it('plain http is for this machine only', () => {
    expect(connect('http://appengine.example.com/')).toThrow(/plain http is taken for this machine only/);
    expect(connect('http://127.0.0.1.example.com/')).toThrow(/plain http/);
    expect(connect('http://localhost:1/')).not.toThrow();
    expect(connect('http://[::1]:1/')).not.toThrow();
  });
  it('must be base URLs', () => {
    expect(connect('nonsense')).toThrow(/must be a base URL such as https:/);
    expect(connect('ftp://127.0.0.1/')).toThrow(/begins with ftp:/);
    expect(connect('https://example.com/v1/')).toThrow(/the path of .* must be \//);
  });
});

describe('error logs', () => {
  it('are read whatever kind of entry comes', async () => {
    const at = '2026-01-05T12:00:00Z';
    const labels = { module_id: 'default', version_id: 'v2' };
    const entries = [
      { timestamp: at, severity: 'ERROR', resource: { labels }, textPayload: 'boom' },
      {
        timestamp: at,
        severity: 'CRITICAL',
        resource: { labels },
        jsonPayload: { message: 'bang', code: 3 },
      },
      {
        timestamp: at,
        severity: 'ERROR',
        resource: { labels },
        protoPayload: {
          '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog',
          method: 'GET',
          resource: '/signals',
          status: 500,
        },
      },
    ];
    const { server, cloud } = await cloudThat(() => ({ json: { entries } }));
    const since = Date.parse('2026-01-05T11:00:00Z');
    const lines = await cloud.errorLogs({ service: 'default', versions: ['v1', 'v2'], since, limit: 10 });
    expect(lines.map((l) => l.text)).toEqual(['boom', 'bang', 'GET /signals 500']);
    expect(lines[0]).toMatchObject({ at: Date.parse(at), version: 'v2', severity: 'ERROR' });
    const sent = JSON.parse(server.seen[0]?.body ?? '');
    expect(sent).toMatchObject({ resourceNames: ['projects/demo'], orderBy: 'timestamp desc', pageSize: 10 });
    expect(sent.filter).toContain('resource.labels.version_id=("v1" OR "v2") AND severity>=ERROR');
    expect(sent.filter).toContain('timestamp>="2026-01-05T11:00:00.000Z"');
  });
});
