import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectCloud } from '../../src/deploy/index.ts';
import { connectMonitoring, type ObserveRequest, type Point } from '../../src/monitor/index.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import type { JudgedMetric, Say, Subject } from '../../src/plan/terms.ts';
import { startAppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { temporaryFolder } from '../deploy/local-app-engine.ts';

/** Writes a signal of a quality, or a line of an error that fails no request, as it is asked to. */
const APP = `
import { createServer } from 'node:http';
createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://localhost');
  if (searchParams.has('quality'))
    console.log(JSON.stringify({ severity: 'INFO', event: 'signal', quality: Number(searchParams.get('quality')) }));
  if (searchParams.has('stray')) console.log(JSON.stringify({ severity: 'ERROR', message: 'no prices' }));
  response.end('fine');
}).listen(process.env.PORT);
`;

/** A local App Engine whose clock goes on only when it is told to, with v1 and v2 as the same app. */
async function world() {
  const clock = new SandboxClock(60);
  const appEngine = await startAppEngine({
    dataDir: await temporaryFolder(),
    clock,
    project: 'demo',
    port: 0,
    proxyPort: 0,
    operationMs: 0,
    ingestionDelayMs: 0,
    log: () => undefined,
  });
  onTestFinished(() => appEngine.close());
  const { url } = appEngine;
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'app.yaml'), 'runtime: nodejs20\n');
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'server.js'), APP);
  await appEngine.seed('default', 'v1', folder);
  const log = () => undefined;
  const endpoints = { appengine: url, storage: `${url}/storage/v1/`, logging: url };
  const cloud = connectCloud({ project: 'demo', endpoints, clock, log });
  const hooks = { onOperation: async () => undefined, onProgress: () => undefined };
  const release = { service: 'default', version: 'v2', folder, startedAt: clock.now(), resumed: false };
  const { versionUrl } = await cloud.deploy(release, hooks);
  const define = async (body: object) => {
    const reply = await fetch(`${url}/v2/projects/demo/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(reply.ok).toBe(true);
  };
  await define({ name: 'signals', filter: 'jsonPayload.event="signal"' });
  await define({
    name: 'quality',
    filter: 'jsonPayload.event="signal"',
    valueExtractor: 'EXTRACT(jsonPayload.quality)',
    metricDescriptor: { valueType: 'DISTRIBUTION' },
    bucketOptions: { linearBuckets: { numFiniteBuckets: 20, width: 5, offset: 0 } },
  });
  // What waits for an instance is counted apart.
  await Promise.all([fetch(appEngine.proxyUrl), fetch(versionUrl)]);
  clock.pause();
  const monitoring = connectMonitoring({ project: 'demo', endpoint: url, clock, log });
  return { appEngine, clock, monitoring, old: appEngine.proxyUrl, fresh: versionUrl };
}

function metric(name: string, more: Partial<JudgedMetric> = {}): JudgedMetric {
  return {
    name,
    filter: `metric.type="logging.googleapis.com/user/${name}"`,
    measure: 'sum',
    bad: 'decrease',
    version: 'resource.labels.version_id',
    say: 'usual',
    ...more,
  };
}

/** Real latencies hang on the machine, and are not what this is about. */
const ALL: Record<Subject, Say> = {
  errors: 'usual',
  latency: 'advisory',
  memory: 'advisory',
  cpu: 'advisory',
  errorLogs: 'advisory',
};

it('memory, error logs and metrics that the app writes are read per version, and judged as the plan says', {
  timeout: 120_000,
}, async () => {
  const { appEngine, clock, monitoring, old, fresh } = await world();
  const minute = async (canary: number) => {
    const ask = (base: string, requests: number, of: (i: number) => string) =>
      Promise.all(
        Array.from({ length: requests }, async (_, i) => {
          const reply = await fetch(`${base}/?${of(i)}`);
          expect([reply.status, await reply.text()]).toEqual([200, 'fine']);
        }),
      );
    await ask(old, 20, (i) => (i % 2 === 0 ? 'quality=80' : ''));
    await ask(fresh, canary, (i) => (i % 10 === 0 ? 'quality=50' : i % 3 === 0 ? 'stray' : ''));
    clock.jump(MINUTE);
  };
  for (let before = 0; before < 5; before++) await minute(0);
  appEngine.troubles.set('default', 'v2', { leak: 4 });
  const from = Math.floor(clock.now() / MINUTE) * MINUTE;
  for (let during = 0; during < 20; during++) await minute(20);

  const observe = async (more: Partial<ObserveRequest>) => {
    const window = { service: 'default', canary: 'v2', from, to: from + 20 * MINUTE };
    return monitoring.observe({ ...window, canaryShare: 0.5, durationMin: 20, say: ALL, ...more });
  };

  const { points, verdict } = await observe({ metrics: [metric('signals'), metric('quality')] });
  const canary = points.filter(({ arm }) => arm === 'canary');
  const total = (of: (point: Point) => number | undefined) =>
    canary.reduce((sum, point) => sum + (of(point) ?? 0), 0);
  expect(total((p) => p.requests)).toBe(20 * 20);
  // A line may be read a moment after its minute has ended.
  expect(total((p) => p.errorLogs)).toBeGreaterThan(6 * 18);
  expect(total((p) => p.errorLogs)).toBeLessThanOrEqual(6 * 20);
  expect(total((p) => p.custom?.signals)).toBeGreaterThan(2 * 18);
  const [first = 0, last = 0] = [canary[0]?.memory, canary.at(-1)?.memory];
  expect(first).toBeGreaterThan(0);
  expect(last - first).toBeGreaterThan(40 * 2 ** 20);
  expect(verdict.answer).toBe('bad');

  // Each by itself, while all else is advisory.
  const alone = async (more: Partial<ObserveRequest>) => (await observe(more)).verdict;
  const memory = await alone({ say: { ...ALL, memory: 'usual' } });
  expect(memory.answer).toBe('bad');
  expect(memory.reasons[0]).toMatch(/memory/i);
  const logs = await alone({ say: { ...ALL, errorLogs: 'usual' } });
  expect(logs.answer).toBe('bad');
  expect(logs.reasons[0]).toMatch(/error log/i);
  const signals = await alone({ metrics: [metric('signals')] });
  expect(signals.answer).toBe('bad');
  expect(signals.reasons[0]).toMatch(/signals/i);
  const quality = await alone({ metrics: [metric('quality', { measure: 'mean' })] });
  expect(quality.answer).toBe('bad');
  expect(quality.reasons[0]).toMatch(/quality/i);
  // A rise of what is only bad when it falls, or the other way about, is none.
  const harmless = [
    metric('signals', { bad: 'increase' }),
    metric('quality', { measure: 'mean', bad: 'increase' }),
  ];
  expect((await alone({ metrics: harmless })).answer).toBe('good');

  // Told, and without a say.
  const told = await alone({ metrics: [metric('signals', { say: 'advisory' })] });
  expect(told.answer).toBe('good');
  expect(told.reasons.join(' ')).toMatch(/Advisory, does not count: the memory/);
  expect(told.reasons.join(' ')).toMatch(/Advisory, does not count: signals/);

  // The local App Engine tells no CPU time, and of this metric nobody has ever written a point.
  const lacking = await alone({ metrics: [metric('orders', { say: 'required' })] });
  expect(lacking.answer).toBe('no-data');
  expect(lacking.reasons[0]).toBe(
    'Not judged by orders: Cloud Monitoring has none of it. The plan requires it.',
  );
  expect((await alone({ say: { ...ALL, cpu: 'required' } })).answer).toBe('no-data');
  const usual = await alone({ metrics: [metric('orders')] });
  expect(usual.answer).toBe('good');
  expect(usual.reasons.at(-1)).toBe('Not judged by orders: Cloud Monitoring has none of it.');
  // Whoever finds it bad is right, whatever is lacking.
  const both = await alone({ say: { ...ALL, memory: 'usual', cpu: 'required' } });
  expect(both.answer).toBe('bad');
});
