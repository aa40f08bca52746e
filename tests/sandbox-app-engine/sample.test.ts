import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AppEngine } from '../../src/sandbox/app-engine/index.ts';
import { SandboxClock } from '../../src/sandbox/clock.ts';
import { appEngine, deploy, eventually, rest, SIGNALS, split } from './support.ts';

const DAY = 86_400_000;
const FILES = ['server.js', 'signals.js', 'market.js', 'settings.js', 'approvals.js', 'package.json'];
const files = Object.fromEntries(FILES.map((name) => [name, readFileSync(join(SIGNALS, name), 'utf8')]));

interface Line {
  readonly timestamp: string;
  readonly severity: string;
  readonly jsonPayload: Readonly<Record<string, unknown>>;
}

async function lines(engine: AppEngine, filter: string): Promise<Line[]> {
  const { body } = await rest(engine, 'POST', '/v2/entries:list', {
    resourceNames: ['projects/demo'],
    filter,
    pageSize: 1000,
  });
  return (body.entries ?? []) as Line[];
}

/** The sample as it comes, a Monday before London opens; at 3600 an hour is a second. */
async function monday(speed = 3600) {
  const clock = new SandboxClock(speed, Date.UTC(2026, 0, 5, 6, 30));
  const engine = await appEngine({ clock, ingestionDelayMs: 0 });
  await engine.seed('default', 'v1', SIGNALS);
  return { clock, engine };
}

test('a trading day at the highest speed has its signals, each with its notification, and users go on', async () => {
  const { clock, engine } = await monday();
  engine.load.setRate(3);
  await clock.sleep(15 * 3_600_000);
  const signals = await lines(engine, 'jsonPayload.event="signal"');
  expect(signals.length).toBeGreaterThanOrEqual(3);
  expect(signals.length).toBeLessThanOrEqual(7);
  for (const { severity, jsonPayload } of signals) {
    expect(severity).toBe('INFO');
    expect(jsonPayload.quality).toBeGreaterThanOrEqual(70);
    expect(['london', 'london-new-york', 'new-york']).toContain(jsonPayload.session);
  }
  const notified = await lines(engine, 'jsonPayload.event="notification" AND jsonPayload.delivered=true');
  expect(notified.length).toBe(signals.length);
  expect((await lines(engine, 'jsonPayload.event="approval"')).length).toBeGreaterThan(0);
  expect((await lines(engine, 'severity>=CRITICAL')).length).toBe(0);
  const counted = await eventually(async () => {
    const query = new URLSearchParams({
      filter: 'metric.type="logging.googleapis.com/user/signals"',
      'interval.startTime': new Date(clock.now() - 7 * DAY).toISOString(),
      'interval.endTime': new Date(clock.now()).toISOString(),
      'aggregation.alignmentPeriod': `${7 * 86_400}s`,
      'aggregation.perSeriesAligner': 'ALIGN_SUM',
      'aggregation.crossSeriesReducer': 'REDUCE_SUM',
    });
    const { body } = await rest(engine, 'GET', `/v3/projects/demo/timeSeries?${query}`);
    const [one] = (body.timeSeries ?? []) as { points: { value: { int64Value: string } }[] }[];
    const total = Number(one?.points[0]?.value.int64Value ?? 0);
    return total >= signals.length ? total : undefined;
  });
  expect(counted).toBe((await lines(engine, 'jsonPayload.event="signal"')).length);
  // However fast the clock, users are real requests: some hundred a second at most.
  const { answered, turnedAway } = engine.load.counts;
  expect(answered['200']).toBeGreaterThan(500);
  expect(turnedAway).toBeLessThan(500);
});

test('what cron asks for nobody else may, and what it finds is told under /stats', async () => {
  const { engine } = await monday(600);
  for (const path of ['/tasks/evaluate', '/tasks/expire']) {
    const answer = await eventually(async () => {
      const one = await fetch(engine.proxyUrl + path, { headers: { 'x-appengine-cron': 'true' } });
      return one.status === 500 ? undefined : one;
    });
    expect(answer.status).toBe(403);
  }
  const stats = await eventually(async () => {
    const answer = await fetch(`${engine.proxyUrl}/stats`);
    const body = (await answer.json()) as { evaluated?: string | null };
    return body.evaluated ? body : undefined;
  });
  expect(stats).toMatchObject({
    version: 'v1',
    week: { outOfSession: 0, quality: { min: expect.any(Number) } },
    today: { signals: expect.any(Number), rejected: expect.any(Number) },
  });
});

test('every switch of app.yaml shows in the log or the figures', async () => {
  const { clock, engine } = await monday();
  const envVariables = {
    SIGNALS_A_DAY: '40',
    QUALITY_FLOOR: '20',
    IGNORE_SESSIONS: '1',
    BREAK_NOTIFICATIONS: '1',
    BREAK_APPROVALS: '1',
    CRITICAL_RATE: '0.5',
  };
  await deploy(engine, 'v2', files, { envVariables });
  await split(engine, 'RANDOM', { v2: 1 });
  engine.load.setRate(1);
  const of = (filter: string) => lines(engine, `resource.labels.version_id="v2" AND ${filter}`);
  const some = (filter: string) =>
    eventually(async () => ((await of(filter)).length > 0 ? true : undefined), 60_000);
  await some('severity=CRITICAL');
  await some('jsonPayload.event="signal" AND jsonPayload.quality<70');
  await some('jsonPayload.event="notification" AND jsonPayload.delivered=false');
  await some('jsonPayload.event="approval" AND jsonPayload.outcome="lost"');
  await some('jsonPayload.event="signal" AND jsonPayload.session=("off-hours" OR "tokyo")');
  expect(clock.now()).toBeGreaterThan(Date.UTC(2026, 0, 5));
});

test('the tests of the sample pass', () => {
  const run = spawnSync(process.execPath, ['--test'], { cwd: SIGNALS, encoding: 'utf8' });
  expect(run.stdout).toMatch(/# fail 0/);
  expect(run.status).toBe(0);
});
