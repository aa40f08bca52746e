import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { card } from '../src/bot/views/card.ts';
import { type Clock, systemClock } from '../src/plan/clock.ts';
import type { Engine } from '../src/rollout/engine.ts';
import type { Event } from '../src/rollout/events.ts';
import { pastOf } from '../src/rollout/past.ts';
import { openFileStore } from '../src/store/file-store.ts';
import { START } from '../tests/monitor/simulate.ts';
import { MINUTE } from '../tests/rollout/world.ts';
import { stopSluice } from './commands.ts';
import { openDoorstep } from './doorstep.ts';
import { engineOn } from './engine.ts';
import { inFolder } from './folder.ts';
import { draftOf, playToRollback, playToWindow } from './journals.ts';
import { figure, median, type Row, summary } from './report.ts';

const FEW = 10;
const MANY = 10_000;
const LIVE = 5;
const NOW = START + 15 * MINUTE;
const WANTED = 1.1;

const clock: Clock = { ...systemClock, now: () => NOW };

/** One act, on the store with few past rollouts or on the one with many. Returns milliseconds. */
type Timed = (folder: string) => Promise<number>;

/** Whether anything costs more after 10,000 rollouts than after 10: both in one run, turn and turn about. */
export async function measureHistory(): Promise<Row[]> {
  return inFolder('history', async (folder) => {
    const few = join(folder, 'few');
    const many = join(folder, 'many');
    await fillPast(few, FEW);
    await fillPast(many, MANY);

    const doorstep = await openDoorstep(folder);
    const start: Timed = async (dataDir) => {
      const { bot, ms } = await doorstep.startBot(dataDir);
      await stopSluice(bot);
      return ms;
    };
    const rows = await compare('start to the first poll', few, many, 11, start).finally(() =>
      doorstep.close(),
    );

    for (const dataDir of [few, many]) await fillLive(dataDir);
    return [
      ...rows,
      ...(await compare(`recovery of ${LIVE} live rollouts`, few, many, 60, timeRecovery)),
      ...(await compare('append of one event', few, many, 300, await appender([few, many]))),
      ...(await compare('all rollouts as cards', few, many, 100, await viewer([few, many]))),
    ];
  });
}

async function compare(what: string, few: string, many: string, n: number, time: Timed): Promise<Row[]> {
  const times: Record<string, number[]> = { [few]: [], [many]: [] };
  for (let round = -1; round < n; round++) {
    for (const folder of round % 2 === 0 ? [few, many] : [many, few]) {
      const ms = await time(folder);
      // The first round is for the compiler and the caches.
      if (round >= 0) times[folder]?.push(ms);
    }
  }
  const [a = [], b = []] = [times[few], times[many]];
  return [
    summary(`history: ${what}, ${FEW} past`, 'ms', a),
    summary(`history: ${what}, ${MANY.toLocaleString('en')} past`, 'ms', b),
    figure(`history: ${what}, ratio`, 'times', median(b) / median(a), n, WANTED),
  ];
}

async function timeRecovery(folder: string): Promise<number> {
  const begun = performance.now();
  const engine = await engineOn(openFileStore(folder), clock);
  await engine.recover();
  const ms = performance.now() - begun;
  if (engine.all().length !== LIVE)
    throw new Error(`${folder} should have ${LIVE} live rollouts, but has ${engine.all().length}.`);
  return ms;
}

/** Each append goes to the next of the live rollouts, as minutes are judged in life. */
async function appender(folders: readonly string[]): Promise<Timed> {
  const stores = new Map(folders.map((folder) => [folder, openFileStore(folder)] as const));
  const lengths = new Map<string, number>();
  let turn = 0;
  return async (folder) => {
    const store = pick(stores, folder);
    const ids = liveIds();
    const id = ids[Math.floor(turn++ / folders.length) % ids.length] ?? '';
    const events = await store.read(id);
    const last = events?.at(-1);
    if (last?.type !== 'judged') throw new Error(`The journal of ${id} should end with a verdict.`);
    const length = lengths.get(folder + id) ?? events?.length ?? 0;
    lengths.set(folder + id, length + 1);
    const begun = performance.now();
    await store.append(id, length, [last]);
    return performance.now() - begun;
  };
}

async function viewer(folders: readonly string[]): Promise<Timed> {
  const engines = new Map<string, Engine>();
  for (const folder of folders) {
    const engine = await engineOn(openFileStore(folder), clock);
    await engine.recover();
    engines.set(folder, engine);
  }
  return async (folder) => {
    const engine = pick(engines, folder);
    const begun = performance.now();
    for (let n = 0; n < 100; n++) engine.all().map((rollout) => card(rollout, { now: NOW }));
    return (performance.now() - begun) / 100;
  };
}

/** Through the store itself, one journal like the other but for its ids. */
async function fillPast(folder: string, count: number): Promise<void> {
  const store = openFileStore(folder);
  const { journal, rollout } = playToRollback(draftOf('template', 'default'));
  const text = JSON.stringify(journal);
  const limit = pLimit(16);
  const journals = Array.from({ length: count }, () =>
    limit(async () => {
      const id = randomInt(36 ** 8)
        .toString(36)
        .padStart(8, '0');
      await store.append(id, 0, JSON.parse(text.replaceAll('template', id)) as Event[]);
      await store.close(id, { ...pastOf(rollout), id });
    }),
  );
  await Promise.all(journals);
}

async function fillLive(folder: string): Promise<void> {
  const store = openFileStore(folder);
  for (const [n, id] of liveIds().entries()) {
    await store.append(id, 0, playToWindow(draftOf(id, `service-${n}`), 20_000, NOW).journal);
  }
}

function liveIds(): string[] {
  return Array.from({ length: LIVE }, (_, n) => `live000${n}`);
}

function pick<T>(all: ReadonlyMap<string, T>, folder: string): T {
  const found = all.get(folder);
  if (found === undefined) throw new Error(`${folder} was not prepared.`);
  return found;
}
