import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Health } from '../../src/health/report.ts';
import { DAY, MINUTE } from '../../src/plan/duration.ts';
import { assembleTeam, BEN, CLEO, prepareRelease, type Team } from '../story/team.ts';
import { type SettableClock, settableClock } from './people.ts';

const PATIENCE = { timeout: 60_000, interval: 100 };

async function healthOf(team: Team): Promise<{ status: number; health: Health }> {
  const reply = await fetch(`${team.health}/healthz`);
  return { status: reply.status, health: (await reply.json()) as Health };
}

const figuresOf = async (team: Team) => (await fetch(`${team.health}/metrics`)).text();

/** Minutes pass for people one by one, each of them noticed, so that no machine seems to have slept. */
async function passMinutes(
  team: Team,
  clock: SettableClock,
  minutes: number,
  organs = ORGANS,
): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    clock.pass(MINUTE);
    const now = clock.now();
    // A poll that waits for half a minute is answered at once when somebody writes.
    await team.send(CLEO, 'Good morning');
    await vi.waitFor(async () => {
      const { health } = await healthOf(team);
      for (const organ of organs) expect(Date.parse(health[organ].last ?? '')).toBeGreaterThanOrEqual(now);
    }, PATIENCE);
  }
}

const ORGANS: readonly ('ticker' | 'polling')[] = ['ticker', 'polling'];

/** Counts who asks, and answers as it is told. */
async function startListener(): Promise<{ url: string; beats: () => number }> {
  let beats = 0;
  const server = createServer((_, reply) => {
    beats++;
    reply.end('OK');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/ping/hidden-path`, beats: () => beats };
}

async function texts(team: Team, words: RegExp): Promise<string[]> {
  const all = (await team.messages()).map(({ text = '' }) => text);
  return all.filter((text) => words.test(text));
}

test('a release under watch: health, figures, beats, and the word when Google or Telegram is out of reach', async () => {
  const peoplesClock = settableClock();
  const listener = await startListener();
  const door = { host: '127.0.0.1', port: 0 };
  const watch = { door, heartbeat: listener.url, unreachableAfter: 2 * MINUTE };
  // A window that outlasts all of this, however slow the machine.
  const steps = [
    { traffic: 100, watch: 2 * DAY },
    { traffic: 1_000, watch: 0 },
  ];
  const team = await assembleTeam(240, { steps }, { peoplesClock, watch });
  const { faults } = team.sandbox;
  try {
    await vi.waitFor(async () => expect((await healthOf(team)).status).toBe(200), PATIENCE);
    await vi.waitFor(() => expect(listener.beats()).toBe(1), PATIENCE);
    await prepareRelease(team);
    await team.press(BEN, 'Promote to 10 %');
    await team.waitFor(/Watching at 10 %/);

    const { health } = await healthOf(team);
    expect(health).toMatchObject({
      ok: true,
      polling: { ok: true },
      ticker: { ok: true },
      store: { ok: true },
      google: { 'App Engine': { ok: true, last: expect.any(String) } },
      rollouts: [{ service: 'default', stage: 'watch' }],
    });
    const figures = await figuresOf(team);
    for (const line of [
      /^sluice_rollouts_live\{stage="watch"\} 1$/m,
      /^sluice_taps_total\{result="taken"\} [1-9]/m,
      /^sluice_tap_seconds_count [1-9]/m,
      /^sluice_google_requests_total\{api="App Engine",code="200"\} [1-9]/m,
      /^sluice_telegram_requests_total\{method="sendMessage",code="200"\} [1-9]/m,
      /^sluice_telegram_requests_total\{method="getUpdates",code="200"\} [1-9]/m,
      /^sluice_last_poll_timestamp_seconds 1\d{9}/m,
      /^sluice_journal_append_seconds_count [1-9]/m,
      /^process_resident_memory_bytes [1-9]/m,
    ])
      expect(figures).toMatch(line);

    // Figures that fail for minutes on end are a word in the chat, once, and no reason to start the bot anew.
    const blind = faults.add(
      { match: { path: 'timeSeries' }, fault: { kind: 'status', code: 503 } },
      'app-engine',
    );
    const failing = async () => (await healthOf(team)).health.google['Cloud Monitoring'];
    await vi.waitFor(
      async () => expect(await failing()).toMatchObject({ ok: false, problem: 'HTTP 503' }),
      PATIENCE,
    );
    expect(await texts(team, /has not answered since/)).toEqual([]);
    await passMinutes(team, peoplesClock, 3);
    const { text = '' } = await team.waitFor(
      /Cloud Monitoring has not answered since \d\d:\d\d UTC \(HTTP 503\)/,
    );
    expect(text).toMatch(/Nothing is promoted/);
    expect(text).toMatch(/Under way: default v\w+ at 10 %/);
    await passMinutes(team, peoplesClock, 1);
    expect((await healthOf(team)).status).toBe(200);
    expect(await texts(team, /has not answered since/)).toHaveLength(1);
    expect(listener.beats()).toBeGreaterThan(3);
    faults.clear(blind.id);
    await team.waitFor(/Cloud Monitoring answers again, after a silence since \d\d:\d\d UTC/);
    await team.waitFor(/Cloud Monitoring did not answer from \d\d:\d\d UTC to/);

    // The same of the Admin API, which nobody asks of their own accord while a window runs.
    const shut = faults.add({ match: { path: '/v1/apps/' }, fault: { kind: 'reset' } }, 'app-engine');
    await team.send(BEN, '/traffic');
    await vi.waitFor(
      async () => expect((await healthOf(team)).health.google['App Engine']).toMatchObject({ ok: false }),
      PATIENCE,
    );
    for (let i = 0; i < 4; i++) {
      const { hits } = faults.list().find(({ id }) => id === shut.id) ?? { hits: 0 };
      await passMinutes(team, peoplesClock, 1);
      await vi.waitFor(() => {
        const now = faults.list().find(({ id }) => id === shut.id)?.hits;
        expect(now).toBeGreaterThan(hits);
      }, PATIENCE);
    }
    expect((await team.waitFor(/App Engine Admin API has not answered/)).text).toMatch(
      /neither read nor move traffic.*\n.*\n.*set-traffic/,
    );
    faults.clear(shut.id);
    await passMinutes(team, peoplesClock, 2);
    await team.waitFor(/App Engine Admin API answers again/);

    // Without Telegram nobody can be told: that is for the supervisor, and beats stop.
    faults.add({ match: { path: 'getUpdates' }, fault: { kind: 'status', code: 502 } }, 'telegram');
    await team.send(CLEO, 'Good night');
    await vi.waitFor(async () => {
      expect(await figuresOf(team)).toMatch(/method="getUpdates",code="502"/);
    }, PATIENCE);
    await passMinutes(team, peoplesClock, 2, ['ticker']);
    const sick = await healthOf(team);
    expect(sick.status).toBe(503);
    expect(sick.health.polling).toMatchObject({ ok: false, problem: expect.stringMatching(/Telegram/) });
    const before = listener.beats();
    await passMinutes(team, peoplesClock, 1, ['ticker']);
    expect(listener.beats()).toBe(before);
    faults.clearAll();
    await vi.waitFor(async () => expect((await healthOf(team)).status).toBe(200), PATIENCE);
  } finally {
    await team.close();
  }
}, 300_000);
