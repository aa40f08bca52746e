import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectCloud } from '../../src/deploy/index.ts';
import { connectMonitoring, type Observation } from '../../src/monitor/index.ts';
import { copyOfExample, localAppEngine } from '../deploy/local-app-engine.ts';

const MINUTE = 60_000;

/** Deploys the example with a switch turned, gives it a tenth of real traffic, and looks every minute until `enough`. */
async function release(
  switches: Record<string, string>,
  enough: (seen: Observation) => boolean,
  minutes: number,
) {
  const { appEngine, clock } = await localAppEngine(60);
  const { url } = appEngine;
  const log = () => undefined;
  const endpoints = { appengine: url, storage: `${url}/storage/v1/`, logging: url };
  const cloud = connectCloud({ project: 'demo', endpoints, clock, log });
  const monitoring = connectMonitoring({ project: 'demo', endpoint: url, clock, log });
  const folder = await copyOfExample();
  const yaml = await readFile(join(folder, 'app.yaml'), 'utf8');
  const turned = Object.entries(switches).reduce(
    (text, [name, value]) => text.replace(new RegExp(`${name}: .*`), `${name}: "${value}"`),
    yaml,
  );
  await writeFile(join(folder, 'app.yaml'), turned);

  const hooks = { onOperation: async () => undefined, onProgress: () => undefined };
  const startedAt = clock.now();
  await cloud.deploy({ service: 'default', version: 'v2', folder, startedAt, resumed: false }, hooks);
  const whole = await cloud.readSplit('default');
  if (!whole) throw new Error('the stand-in has no default service');
  const tenth = { shardBy: 'RANDOM', shares: { v1: 900, v2: 100 } } as const;
  expect(await cloud.setSplit({ service: 'default', accept: [whole], to: tenth }, hooks)).toMatchObject({
    kind: 'done',
  });

  appEngine.load.setRate(2);
  const from = Math.ceil(clock.now() / MINUTE) * MINUTE;
  const request = { service: 'default', canary: 'v2', canaryShare: 0.1, durationMin: minutes, from };
  for (let minute = 1; ; minute++) {
    await clock.sleep(from + (minute + 1.5) * MINUTE - clock.now());
    const seen = await monitoring.observe({ ...request, to: from + minute * MINUTE });
    if (enough(seen) || minute >= minutes) return { seen, cloud, from };
  }
}

describe('a release over the real wire', () => {
  it('that works is good', async () => {
    const { seen } = await release({}, ({ verdict }) => verdict.canary.requests >= 60, 12);
    expect(seen.verdict.reasons.join(' ')).toMatch(/^(No errors in \d+ requests|Errors .* % against .* %)/);
    expect(seen.verdict.answer).toBe('good');
    expect(seen.verdict.baseline.requests).toBeGreaterThan(3 * seen.verdict.canary.requests);
  });
  it('that fails every third request is bad within the window, and its log says why', async () => {
    const { seen, cloud, from } = await release(
      { FAIL_RATE: '0.3' },
      ({ verdict }) => verdict.answer === 'bad',
      20,
    );
    expect(seen.verdict.answer).toBe('bad');
    expect(seen.verdict.reasons[0]).toMatch(/^Errors/);
    const lines = await cloud.errorLogs({ service: 'default', versions: ['v2'], since: from, limit: 5 });
    expect(lines.length).toBe(5);
    expect(new Set(lines.map((l) => l.version))).toEqual(new Set(['v2']));
  });
  it('that is slower by 400 ms is bad within the window', async () => {
    const { seen } = await release({ SLOW_MS: '400' }, ({ verdict }) => verdict.answer === 'bad', 20);
    expect(seen.verdict.answer).toBe('bad');
    expect(seen.verdict.reasons[0]).toMatch(/^(Slower: p50|Slow answers: \d+ %)/);
  });
});
