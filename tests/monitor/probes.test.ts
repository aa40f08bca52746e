import { describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../src/host/run-command.ts';
import { createProber } from '../../src/monitor/index.ts';
import { MINUTE } from '../../src/plan/duration.ts';
import type { Probe } from '../../src/plan/terms.ts';
import { leapingClock } from '../deploy/clock.ts';
import { fault, type Reply } from '../deploy/scripted-server.ts';
import { FROM, world } from './prober-world.ts';

describe('a look', () => {
  const page = (name: string): Probe => ({
    name,
    kind: 'page',
    path: `/${name}`,
    status: 200,
    within: 60_000,
  });

  it('holds no more than four probes at a time, and none back for a slow one', async () => {
    let [under, most] = [0, 0];
    const slow: ((reply: Reply) => void)[] = [];
    const { server, look } = await world(async ({ url }) => {
      most = Math.max(most, ++under);
      const reply = await new Promise<Reply>((resolve) => {
        if (url === '/slow') slow.push(resolve);
        else setTimeout(() => resolve({ json: {} }), 20);
      });
      under--;
      return reply;
    });
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    const looking = look(['slow', ...names].map(page));
    await vi.waitFor(() => expect(server.seen).toHaveLength(13), 20_000);
    expect(most).toBe(4);
    slow[0]?.({ json: {} });
    expect((await looking).map(({ name }) => name)).toEqual(['slow', ...names]);
  });

  it('tells each failure at its own probe and goes on', async () => {
    const { look } = await world(({ url }) =>
      url.startsWith('/v2')
        ? fault(403, 'PERMISSION_DENIED', "Permission 'logging.logEntries.list' denied")
        : { html: 'Bad Gateway', status: 502 },
    );
    const readings = await look([
      { name: 'logs', kind: 'logs', filter: '', atMost: 0 },
      { name: 'errors', kind: 'errors', atMost: 0 },
      { name: 'metric', kind: 'metric', filter: 'metric.type="t"', measure: 'sum', atMost: 0 },
      page('page'),
      { name: 'command', kind: 'command', run: 'echo fine', within: 60_000 },
    ]);
    expect(readings.map(({ answer }) => answer)).toEqual(['unknown', 'unknown', 'unknown', 'off', 'good']);
    expect(readings[0]?.detail).toMatch(
      /^Could not count the log entries of "logs": .*denied".*Grant the missing role/,
    );
    expect(readings[1]?.detail).toMatch(/^Could not read the figures of v2: .*502/);
    expect(readings[3]?.detail).toMatch(/^GET \/page: Answered 502 instead of 200/);
    expect(readings[4]?.detail).toBe('ended with 0: fine');
  });

  it('knows what it has nowhere to ask', async () => {
    const { server } = await world(() => ({ json: {} }));
    const endpoints = { monitoring: server.url, logging: server.url };
    const prober = createProber({
      project: 'demo',
      endpoints,
      clock: leapingClock(),
      runCommand,
      log: () => {},
    });
    const probes: Probe[] = [page('x'), { name: 'c', kind: 'command', run: 'true', within: 1_000 }];
    const where = { service: 'default', version: 'v2', versionUrl: '', folder: '/nonesuch', env: {} };
    const readings = await prober.look({ ...where, probes, from: FROM, to: FROM + MINUTE });
    expect(readings.map(({ answer, detail }) => `${answer}: ${detail}`)).toEqual([
      'unknown: The address of the version itself is not known',
      'unknown: The command was not run: there is no folder /nonesuch here',
    ]);
  });

  it.each<Probe>([
    page('hangs'),
    { name: 'logs', kind: 'logs', filter: '', atMost: 0 },
    { name: 'command', kind: 'command', run: 'sleep 60', within: 60_000 },
  ])('throws when it is stopped, and only then ($kind)', async (probe) => {
    const { look } = await world(() => ({ hang: true }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopping')), 300);
    await expect(look([probe], {}, stop.signal)).rejects.toThrow('stopping');
  });
});
