import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportLines, localEndpoints, SAMPLE_APP } from '../src/local.ts';
import type { Store } from '../src/rollout/ports.ts';
import { startAppEngine } from '../src/sandbox/app-engine/index.ts';
import { startSandbox } from '../src/sandbox/index.ts';
import { openFileStore } from '../src/store/file-store.ts';
import { exported } from '../tests/process/sluice.ts';
import { type Chat, openChat } from './chat.ts';
import { startSluice, stopSluice } from './commands.ts';
import { PEOPLE } from './doorstep.ts';
import { inFolder } from './folder.ts';
import { forwardTo } from './forwarder.ts';
import { type Row, summary } from './report.ts';

const CYCLES = 20;
/** Questions that a bot started a moment ago is asked to act on: Google's clients are not loaded there yet. */
const FRESH = 5;
const SPEED = 600;
const PATIENCE_MS = 30_000;
const PROJECT = 'demo';
const PROMOTE = 'Promote to 10 %';
const [ADA, BEN] = [1001, 1002];

/** No checklist; and people's hours are real ones, whatever the clock's speed. */
const PLAN = `checklist: []
approval: { expires: 7d }
services:
  default:
    source: ${JSON.stringify(SAMPLE_APP)}
    smoke: [{ path: /healthz }]
`;

/** From the tap on the phone to the change of the split on its way to App Engine. */
export async function measureTap(): Promise<Row[]> {
  return inFolder('tap', async (folder) => {
    const stage = await openStage(folder);
    const promotions: number[] = [];
    const rollbacks: number[] = [];
    const fresh: number[] = [];
    try {
      await stage.startBot();
      // The first one deploys a version, which all others let in again.
      const version = await prepareFirst(stage.chat);
      for (let cycle = 0; cycle < CYCLES + FRESH; cycle++) {
        if (cycle > 0) await prepareNext(stage.chat, version);
        const restarted = cycle >= CYCLES;
        if (restarted) {
          // Whatever is under way would load Google's clients before the tap does.
          await stage.chat.button(PROMOTE);
          await stage.restartBot();
        }
        (restarted ? fresh : promotions).push(await timePromotion(stage));
        const rollback = await timeRollback(stage);
        if (!restarted) rollbacks.push(rollback);
      }
    } finally {
      await stage.close();
    }
    return [
      summary('tap: approval to the PATCH, first step', 'ms', promotions, 50),
      summary('tap: approval to the PATCH, rollback', 'ms', rollbacks, 50),
      summary('tap: the same, first tap after a start', 'ms', fresh),
    ];
  });
}

interface Stage {
  readonly chat: Chat;
  startBot(): Promise<void>;
  restartBot(): Promise<void>;
  /** Resolves with performance.now() of the next PATCH at App Engine. */
  nextPatch(): Promise<number>;
  /** Waits until the rollout under way has this many moves of traffic on record. */
  moved(times: number): Promise<void>;
  close(): Promise<void>;
}

/** A bot in its own process; the chat and App Engine in this one. No users: their requests would be measured too. */
async function openStage(folder: string): Promise<Stage> {
  const sandbox = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    port: 0,
    speed: SPEED,
    people: PEOPLE,
    app: SAMPLE_APP,
    parts: { telegram: true, appEngine: false },
    log: () => {},
  });
  const appEngine = await startAppEngine({
    dataDir: join(folder, 'app-engine'),
    clock: sandbox.clock,
    project: PROJECT,
    port: 0,
    proxyPort: 0,
    operationMs: 20_000,
    ingestionDelayMs: 180_000,
    log: () => {},
  });
  await appEngine.seed('default', 'v1', SAMPLE_APP);
  if (!sandbox.telegram) throw new Error('The sandbox started without its chat.');
  const { url, chat } = sandbox.telegram;

  let patched: (at: number) => void = () => {};
  const cloud = await forwardTo(appEngine.url, (method, _, at) => {
    if (method === 'PATCH') patched(at);
  });
  await writeFile(join(folder, 'sluice.yaml'), PLAN);
  const dataDir = join(folder, 'bot');
  const env = {
    ...exported(exportLines({ ...sandbox, appEngine: { url: appEngine.url, project: PROJECT } }).join('\n')),
    CLOUDSDK_API_ENDPOINT_OVERRIDES_APPENGINE: localEndpoints(cloud.url).appengine,
    SLUICE_DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
  };
  const spawnBot = async () => {
    const bot = startSluice(['run'], folder, env);
    await bot.line(/is up/);
    return bot;
  };
  let bot: Awaited<ReturnType<typeof spawnBot>> | undefined;

  return {
    chat: openChat(url, chat),
    async startBot() {
      bot = await spawnBot();
    },
    async restartBot() {
      if (bot) await stopSluice(bot);
      bot = await spawnBot();
    },
    nextPatch: () =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No PATCH came within ${PATIENCE_MS / 1_000} s after the tap.`)),
          PATIENCE_MS,
        );
        patched = (at) => {
          clearTimeout(timer);
          resolve(at);
        };
      }),
    moved: (times) => waitForMoves(openFileStore(dataDir), times),
    async close() {
      if (bot) await stopSluice(bot);
      await cloud.close();
      await appEngine.close();
      await sandbox.close();
    },
  };
}

async function waitForMoves(store: Store, times: number): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    for (const id of await store.live()) {
      const events = await store.read(id);
      if (events?.filter((event) => event.type === 'split-set').length === times) return;
    }
    await sleep(20);
  }
  throw new Error(`No journal has ${times} moves of traffic within ${PATIENCE_MS / 1_000} s.`);
}

async function prepareFirst(chat: Chat): Promise<string> {
  await chat.send(ADA, '/deploy');
  await chat.press(ADA, await chat.button('The folder'));
  const suggested = await chat.button('v2');
  await chat.press(ADA, suggested);
  await chat.press(ADA, await chat.button('Start'));
  return suggested.text;
}

async function prepareNext(chat: Chat, version: string): Promise<void> {
  // The rollback before has locked the service.
  await chat.words(/is locked: nothing/);
  await chat.turn();
  await chat.send(BEN, '/unlock default It was measured.');
  await chat.words(/is unlocked/);
  await chat.turn();
  await chat.send(ADA, '/deploy');
  await chat.press(ADA, await chat.button(`Version ${version}`));
  await chat.press(ADA, await chat.button('Start'));
}

async function timePromotion({ chat, nextPatch, moved }: Stage): Promise<number> {
  const button = await chat.button(PROMOTE);
  const ms = await timeTap(nextPatch, () => chat.press(BEN, button));
  await moved(1);
  return ms;
}

async function timeRollback({ chat, nextPatch, moved }: Stage): Promise<number> {
  await chat.send(ADA, '/rollback To be measured.');
  const button = await chat.button('Yes, roll back now');
  const ms = await timeTap(nextPatch, () => chat.press(BEN, button));
  await moved(2);
  return ms;
}

async function timeTap(nextPatch: () => Promise<number>, tap: () => Promise<void>): Promise<number> {
  // What the question itself still costs, its picture and its record, is not the tap's.
  await sleep(300);
  const patch = nextPatch();
  const begun = performance.now();
  const [at] = await Promise.all([patch, tap()]);
  return at - begun;
}
