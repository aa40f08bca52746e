import { describe, expect, it } from 'vitest';
import { loggingRoutes } from '../../src/sandbox/app-engine/logging-routes.ts';
import { Logs } from '../../src/sandbox/app-engine/logs.ts';
import { answerRefusal, Refusal } from '../../src/sandbox/app-engine/refusal.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { tempFolder } from './support.ts';

const START = Date.UTC(2026, 2, 2, 9, 0);
const V1 = { service: 'default', version: 'v1', instance: 'a' };
const V2 = { service: 'default', version: 'v2', instance: 'b' };

class HandClock extends SandboxClock {
  at = START;
  override now(): number {
    return this.at;
  }
}

function logging() {
  const clock = new HandClock(1, START);
  const logs = new Logs('demo', tempFolder(), clock);
  const routes = loggingRoutes('demo', logs);
  routes.onError((error, c) => {
    if (error instanceof Refusal) return answerRefusal(c, error);
    throw error;
  });
  const ask = async (filter: string, more: object = {}) => {
    const body = JSON.stringify({ resourceNames: ['projects/demo'], filter, ...more });
    const answer = await routes.request('/v2/entries:list', { method: 'POST', body });
    return (await answer.json()) as {
      entries?: Record<string, unknown>[];
      nextPageToken?: string;
      error?: { message: string };
    };
  };
  const texts = async (filter: string, more: object = {}) =>
    ((await ask(filter, more)).entries ?? []).map(
      ({ textPayload, jsonPayload }) => textPayload ?? jsonPayload,
    );
  return { clock, logs, ask, texts };
}

describe('the log entries of versions', () => {
  it('are plain lines, or structured by what a JSON line says', async () => {
    const { logs, ask } = logging();
    logs.line(V1, 'stdout', 'hello');
    logs.line(V1, 'stderr', '{"severity":"ERROR","message":"no score"}');
    logs.line(V1, 'stdout', '{"severity":"info","message":"approved","signal":7}');
    logs.line(V1, 'stdout', '{ not json');
    logs.line(V1, 'stdout', '{"severity":"LOUD","message":"what"}');
    const { entries } = await ask('resource.type="gae_app"');
    expect(entries).toMatchObject([
      { severity: 'DEFAULT', textPayload: 'hello', logName: 'projects/demo/logs/stdout' },
      { severity: 'ERROR', textPayload: 'no score', logName: 'projects/demo/logs/stderr' },
      { severity: 'INFO', jsonPayload: { message: 'approved', signal: 7 } },
      { severity: 'DEFAULT', textPayload: '{ not json' },
      { severity: 'DEFAULT', textPayload: 'what' },
    ]);
    expect(entries?.[0]).toMatchObject({
      resource: { type: 'gae_app', labels: { project_id: 'demo', module_id: 'default', version_id: 'v1' } },
      timestamp: '2026-03-02T09:00:00.000Z',
    });
  });

  it('are found by version, severity, time and log', async () => {
    const { clock, logs, texts } = logging();
    logs.line(V1, 'stderr', '{"severity":"ERROR","message":"old"}');
    clock.at += 60_000;
    logs.line(V2, 'stderr', '{"severity":"CRITICAL","message":"worse"}');
    logs.line(V2, 'stdout', '{"severity":"WARNING","message":"hm"}');
    logs.line(V1, 'stdout', 'plain');
    const minute = '"2026-03-02T09:01:00Z"';
    expect(await texts('severity>=ERROR')).toEqual(['old', 'worse']);
    expect(await texts(`severity>=ERROR AND timestamp>=${minute}`)).toEqual(['worse']);
    expect(await texts(`timestamp<${minute}`)).toEqual(['old']);
    expect(await texts('resource.labels.version_id=("v1" OR "v2") severity<=WARNING')).toEqual([
      'hm',
      'plain',
    ]);
    expect(await texts('resource.labels.version_id="v1" AND NOT severity=ERROR')).toEqual(['plain']);
    expect(await texts('logName=("projects/demo/logs/stderr" OR "projects/demo/logs/nothing")')).toEqual([
      'old',
      'worse',
    ]);
    // OR binds tighter than AND.
    expect(await texts('textPayload:o OR textPayload:h AND severity>=WARNING')).toEqual([
      'old',
      'worse',
      'hm',
    ]);
    expect(await texts('textPayload=~"^h"')).toEqual(['hm']);
    expect(await texts('-textPayload=~"^h" AND -severity>=ERROR')).toEqual(['plain']);
    expect(await texts('"WORSE"')).toEqual(['worse']);
  });

  it('come page by page in either order', async () => {
    const { clock, logs, ask, texts } = logging();
    for (let n = 0; n < 5; n++) {
      clock.at += 1000;
      logs.line(V1, 'stdout', `line ${n}`);
    }
    expect(await texts('', { orderBy: 'timestamp desc', pageSize: 2 })).toEqual(['line 4', 'line 3']);
    const { nextPageToken } = await ask('', { orderBy: 'timestamp desc', pageSize: 2 });
    expect(await texts('', { orderBy: 'timestamp desc', pageSize: 2, pageToken: nextPageToken })).toEqual([
      'line 2',
      'line 1',
    ]);
    expect((await ask('', { pageSize: 5 })).nextPageToken).toBeUndefined();
  });

  it('keep the request with what it met', async () => {
    const { logs, ask } = logging();
    const request = {
      id: 'r1',
      ip: '198.18.0.1',
      host: 'x',
      agent: 'y',
      size: 12,
      latency: 1500,
      loading: true,
    };
    logs.request(V2, { ...request, method: 'GET', path: '/signals?min_quality=70', status: 500 });
    const { entries } = await ask(
      'logName:"request_log" AND protoPayload.status>=500 AND protoPayload.latency:"1.5"',
    );
    expect(entries).toMatchObject([
      {
        severity: 'ERROR',
        protoPayload: {
          '@type': 'type.googleapis.com/google.appengine.logging.v1.RequestLog',
          resource: '/signals?min_quality=70',
          status: 500,
          latency: '1.500000s',
          wasLoadingRequest: true,
          startTime: '2026-03-02T08:59:58.500Z',
        },
      },
    ]);
  });

  it.each([
    ['severity>=LOUD', "'LOUD' is not a severity"],
    ['timestamp>="yesterday"', "Unparseable timestamp 'yesterday'"],
    ['severity>=', 'it ends too early'],
    ['a = b )', "')' was not expected there"],
    ['textPayload="open', 'Unparseable filter'],
  ])('are not listed by the filter %s', async (filter, sentence) => {
    const { logs, ask } = logging();
    logs.line(V1, 'stdout', 'hello');
    expect((await ask(filter)).error?.message).toContain(sentence);
  });
});
