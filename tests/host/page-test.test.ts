import { describe, expect, it } from 'vitest';
import { runPageTest } from '../../src/host/page-test.ts';
import type { PageTest } from '../../src/plan/terms.ts';
import { leapingClock } from '../deploy/clock.ts';
import { inTurn, type Reply, type Seen, scriptedServer } from '../deploy/scripted-server.ts';

async function look(answer: (request: Seen) => Reply, test: Partial<PageTest> = {}, clock = leapingClock()) {
  const { url, seen } = await scriptedServer(answer);
  const whole = { path: '/', status: 200, within: 10_000, ...test };
  return { check: await runPageTest(url, whole, clock), seen, slept: clock.slept };
}

const STATS = { stats: { signals: [{ quality: 0.71, session: 'london' }], open: true, none: null } };

describe('a page as it should be', () => {
  it.each<[string, Partial<PageTest>]>([
    ['status', {}],
    ['pattern', { body: '"quality":0\\.\\d+' }],
    ['value', { json: { path: 'stats.signals.0.session', is: 'london' } }],
    ['presence, of null as well', { json: { path: 'stats.none' } }],
    [
      'lower and upper limit, both included',
      { json: { path: 'stats.signals.0.quality', atLeast: 0.71, atMost: 0.71 } },
    ],
    ['length', { json: { path: 'stats.signals.length', atLeast: 1 } }],
    ['boolean', { json: { path: 'stats.open', is: true } }],
  ])('%s', async (_, test) => {
    const { check, seen } = await look(() => ({ json: STATS }), test);
    expect(check).toMatchObject({ name: 'GET /', ok: true });
    expect(check.detail).toMatch(/^200 after \d+ ms\.$/);
    expect(seen).toHaveLength(1);
  });
});

describe('a page that is not', () => {
  it.each<[string, Partial<PageTest>, RegExp]>([
    ['status', { status: 204 }, /^Answered 200 instead of 204: "\{"stats/],
    ['latency', { within: -1 }, /^Answered after \d+ ms; at most -1 ms are allowed/],
    ['pattern', { body: 'tokyo' }, /does not contain \/tokyo\//],
    [
      'missing',
      { json: { path: 'stats.signals.3.quality' } },
      /^The answer has no stats\.signals\.3 \(asked for stats\.signals\.3\.quality\): "/,
    ],
    ['inherited', { json: { path: 'stats.constructor' } }, /has no stats\.constructor/],
    [
      'value',
      { json: { path: 'stats.signals.0.session', is: 'tokyo' } },
      /^stats\.signals\.0\.session is "london" instead of "tokyo"/,
    ],
    ['type', { json: { path: 'stats.open', is: 'true' } }, /^stats\.open is true instead of "true"/],
    [
      'lower limit',
      { json: { path: 'stats.signals.0.quality', atLeast: 0.8 } },
      /^stats\.signals\.0\.quality is 0\.71, less than 0\.8/,
    ],
    ['upper limit', { json: { path: 'stats.signals.0.quality', atMost: 0.5 } }, /is 0\.71, more than 0\.5/],
    [
      'no number',
      { json: { path: 'stats.signals.0.session', atMost: 0.5 } },
      /is "london", which is no number/,
    ],
  ])('%s', async (_, test, detail) => {
    const { check, seen, slept } = await look(() => ({ json: STATS }), test);
    expect(check.ok).toBe(false);
    expect(check.detail).toMatch(detail);
    expect(check.detail).toMatch(/\(4 tries\)$/);
    expect(seen).toHaveLength(4);
    expect(slept).toEqual([1_000, 2_000, 4_000]);
  });
  it('no JSON', async () => {
    const { check } = await look(() => ({ html: '<p>Welcome</p>', status: 200 }), { json: { path: 'a' } });
    expect(check.detail).toMatch(/^The answer is no JSON: "<p>Welcome<\/p>"\./);
  });
  it('a redirect is an answer of its own, not where it leads', async () => {
    const { check } = await look(() => ({ html: '', status: 302 }));
    expect(check.detail).toMatch(/^Answered 302 instead of 200/);
  });
  it('nobody there', async () => {
    const check = await runPageTest(
      'http://127.0.0.1:1/',
      { path: '/', status: 200, within: 1 },
      leapingClock(),
    );
    expect(check.detail).toMatch(/^No answer from http:\/\/127\.0\.0\.1:1: .*\(4 tries\)$/);
  });
});

describe('while the app starts', () => {
  it('it is tried again, and the last try counts', async () => {
    const { check, slept } = await look(
      inTurn({ cut: true }, { html: 'starting', status: 503 }, { json: { up: true } }),
    );
    expect(check.ok).toBe(true);
    expect(slept).toEqual([1_000, 2_000]);
  });
  it('a stop throws its reason', async () => {
    const { url } = await scriptedServer(() => ({ hang: true }));
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopping')), 100);
    const test = { path: '/', status: 200, within: 1_000 };
    await expect(runPageTest(url, test, leapingClock(), stop.signal)).rejects.toThrow('stopping');
  });
});

describe('a plan that is wrong is told at once', () => {
  it.each<[Partial<PageTest>, RegExp]>([
    [{ body: '(' }, /looks for \/\(\/, which is no regular expression: .*Correct the plan\.$/],
    [
      { path: 'http://elsewhere.example/' },
      /asks for http:\/\/elsewhere\.example\/ at .*Correct the plan\.$/,
    ],
    [{ path: '//elsewhere.example/' }, /a path such as \/healthz is wanted/],
  ])('%j', async (test, detail) => {
    const { check, seen } = await look(() => ({ json: {} }), test);
    expect(check).toMatchObject({ ok: false });
    expect(check.detail).toMatch(detail);
    expect(seen).toEqual([]);
  });
});

it('a page without end is read as far as it is looked at', async () => {
  const { createServer } = await import('node:http');
  const server = createServer((_, response) => {
    const more = () => {
      while (response.writable && response.write('x'.repeat(100_000)));
      response.once('drain', more);
    };
    response.on('error', () => {});
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const test = { path: '/', status: 200, within: 60_000, body: '^x+$' };
  const check = await runPageTest(`http://127.0.0.1:${port}`, test, leapingClock());
  server.closeAllConnections();
  server.close();
  expect(check.ok).toBe(true);
});
