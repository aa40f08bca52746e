import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/plan/duration.ts';
import type { Seen } from '../deploy/scripted-server.ts';
import { FROM, world } from './prober-world.ts';

const bodyOf = (request: Seen | undefined) => JSON.parse(request?.body ?? '{}');
const entries = (count: number) => Array.from({ length: count }, (_, i) => ({ insertId: String(i) }));

describe('counting log entries', () => {
  const signals = { name: 'signals', kind: 'logs', filter: 'jsonPayload.event="signal" -- ours' } as const;

  it('asks for the service, the version and the span, the filter apart, and for no texts', async () => {
    const { server, lookAt } = await world(() => ({ json: { entries: entries(33) } }));
    expect(await lookAt({ ...signals, per: DAY, atLeast: 3, atMost: 7 })).toBe(
      'good: 4.71 a day, asked for 3 to 7 (33 in 7 days)',
    );
    expect(server.seen[0]?.url).toBe('/v2/entries:list?fields=entries.insertId,nextPageToken');
    expect(bodyOf(server.seen[0])).toEqual({
      resourceNames: ['projects/demo'],
      pageSize: 1000,
      filter: [
        'resource.type="gae_app"',
        'AND resource.labels.module_id="default"',
        'AND resource.labels.version_id="v2"',
        'AND timestamp>="2026-01-05T11:00:00.000Z"',
        'AND timestamp<"2026-01-12T11:00:00.000Z"',
        'AND (jsonPayload.event="signal" -- ours',
        ')',
      ].join('\n'),
    });
  });

  it('goes on while pages come, an empty one among them', async () => {
    const pages = [entries(1000), [], entries(500)];
    const { server, lookAt } = await world(({ body }) => {
      const at = Number(JSON.parse(body).pageToken ?? 0);
      return { json: { entries: pages[at], ...(at < 2 && { nextPageToken: String(at + 1) }) } };
    });
    expect(await lookAt({ ...signals, atMost: 2_000 })).toBe(
      'good: 1,500 in 7 days, asked for at most 2,000',
    );
    expect(server.seen).toHaveLength(3);
  });

  it.each<[string, { atLeast?: number; atMost?: number; per?: number }, number, RegExp]>([
    [
      'too many already',
      { atMost: 1_500 },
      2,
      /^off: More than 2,000, asked for at most 1,500 \(counting stopped at 2,000 in 7 days\)$/,
    ],
    ['enough already', { atLeast: 900 }, 1, /^good: More than 1,000, asked for at least 900/],
    [
      'too many a day, between limits',
      { atLeast: 1, atMost: 300, per: DAY },
      3,
      /^off: More than 429 a day, asked for 1 to 300/,
    ],
    [
      'more than can be counted',
      { atMost: 1e6 },
      30,
      /^unknown: More than 30,000 entries in 7 days are too many to count, asked for at most 1,000,000\. Make a log-based metric/,
    ],
  ])('stops when it knows: %s', async (_, limits, requests, words) => {
    const { server, lookAt } = await world(() => ({
      json: { entries: entries(1000), nextPageToken: 'more' },
    }));
    expect(await lookAt({ ...signals, ...limits })).toMatch(words);
    expect(server.seen).toHaveLength(requests);
  });

  it('nothing is nothing where less is better, and unknown where something is expected', async () => {
    const { lookAt } = await world(() => ({ json: {} }));
    expect(await lookAt({ ...signals, atMost: 0 })).toBe('good: 0 in 7 days, asked for at most 0');
    expect(await lookAt({ ...signals, per: DAY, atLeast: 3, atMost: 7 })).toBe(
      'unknown: No entry in 7 days, asked for 3 to 7 a day: nothing happened, or the filter does not find it',
    );
  });

  it('never rounds a figure over its limit', async () => {
    const { lookAt } = await world(() => ({ json: { entries: entries(20) } }));
    expect(await lookAt({ ...signals, per: DAY, atLeast: 2.8572 })).toBe(
      'off: 2.857 a day, asked for at least 2.8572 (20 in 7 days)',
    );
  });

  it('names other lengths in words', async () => {
    const { lookAt } = await world(() => ({ json: { entries: entries(84) } }));
    expect(await lookAt({ ...signals, per: HOUR, atMost: 1 })).toMatch(/^good: 0\.5 an hour,/);
    expect(await lookAt({ ...signals, per: 7 * DAY, atMost: 100 })).toMatch(/^good: 84 a week,/);
    expect(await lookAt({ ...signals, per: 2 * HOUR, atMost: 1 })).toMatch(/^good: 1 in 2 hours,/);
    expect(await lookAt({ ...signals, per: DAY, atMost: 9 }, { to: FROM })).toMatch(/^unknown: The span/);
  });
});
