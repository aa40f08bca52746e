import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localEndpoints } from '../../src/local.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { copySteady } from '../deploy/steady-app.ts';
import { startVictim, type Victim } from './child.ts';
import { type Call, gateTo } from './gate.ts';
import { type Point, Points } from './points.ts';
import { journalIn, stepOf } from './step.ts';

export const ADA = 1001;
export const BEN = 1002;

/** How many times as fast as life the local servers run. */
const SPEED = 240;

export interface ChatMessage {
  readonly message_id: number;
  readonly from: { readonly id: number; readonly is_bot: boolean };
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly { readonly text: string }[])[];
  };
}

/** A bot in a process of its own, the servers that it talks to, and what went over the wire. */
export interface World {
  readonly dataDir: string;
  readonly points: Points;
  readonly victim: Victim;
  /** Calls that the servers have answered, the first one first. */
  readonly calls: readonly Call[];
  messages(): Promise<ChatMessage[]>;
  send(person: number, text: string, replyTo?: number): Promise<void>;
  /** Does not wait for the bot's answer, which may take as long as a restart. */
  press(person: number, message: number, label: string): void;
  /** How many times as fast as life the servers' clock runs from now on; absent: as at first. */
  hurry(speed?: number): void;
  /** What the bot has answered presses with, in the order of its answers; undefined where it never did. */
  readonly answers: readonly (string | undefined)[];
  /** From now on every change of the data folder fails with this code, such as ENOSPC; undefined: it succeeds again. */
  failDisk(code: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param plan the text of sluice.yaml.
 * @param change made to the app before it is released.
 * @param target where the bot is to die, once.
 * @param prepare done to the data folder before the bot begins.
 */
export async function openWorld(
  plan: string,
  change: (app: string) => Promise<void>,
  target?: Point,
  prepare: (dataDir: string) => Promise<void> = async () => {},
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-torture-'));
  const [app, dataDir] = [join(folder, 'app'), join(folder, 'data')];
  await copySteady(app);
  const { telegram, appEngine, ...sandbox } = await startSandbox({
    dataDir: join(folder, 'sandbox'),
    port: 0,
    speed: SPEED,
    people: [
      { id: ADA, firstName: 'Ada', username: 'ada', roles: ['operator'] },
      { id: BEN, firstName: 'Ben', username: 'ben', roles: ['approver'] },
    ],
    app,
    parts: { telegram: true, appEngine: true },
    log: () => {},
  });
  if (!telegram || !appEngine) throw new Error('The sandbox started without its parts.');
  // Nothing is judged by figures here.
  appEngine.setLoad(0);
  await change(app);
  await prepare(dataDir);
  await writeFile(join(folder, 'sluice.yaml'), plan.replaceAll('APP', app));

  const calls: Call[] = [];
  const points = new Points(() => stepOf(journalIn(dataDir)), target);
  let kill = () => {};
  const strike: Parameters<typeof gateTo>[1] = (kind, moment) => {
    const strikes = points.pass(kind, moment);
    if (strikes) kill();
    return strikes;
  };
  const gates = await Promise.all(
    [telegram.url, appEngine.url].map((url) => gateTo(url, strike, (call) => calls.push(call))),
  );
  const [chatGate, googleGate] = gates;
  if (!chatGate || !googleGate) throw new Error('A gate is missing.');
  const endpoints = Object.entries(localEndpoints(googleGate.url)).map(([api, url]) => [
    `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api.toUpperCase()}`,
    url,
  ]);
  const victim = startVictim(
    folder,
    {
      ...Object.fromEntries(endpoints),
      TELEGRAM_BOT_TOKEN: telegram.token,
      TELEGRAM_API_ROOT: chatGate.url,
      TELEGRAM_CHAT_ID: String(telegram.chat),
      GOOGLE_CLOUD_PROJECT: appEngine.project,
      SLUICE_SANDBOX: telegram.url,
      SLUICE_DATA_DIR: dataDir,
    },
    points,
  );
  kill = () => victim.kill();

  const answers: (string | undefined)[] = [];
  const closing = new AbortController();
  const presses = new Set<Promise<void>>();
  const failures: Error[] = [];

  async function post(path: string, body: object): Promise<object> {
    const reply = await fetch(`${telegram?.url}/_user/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: telegram?.chat, ...body }),
      signal: closing.signal,
    });
    if (!reply.ok) throw new Error(`${path}: ${await reply.text()}`);
    return (await reply.json()) as object;
  }

  async function pressAndSee(person: number, message: number, label: string): Promise<void> {
    const answer = await post('press', { user_id: person, message_id: message, button: label });
    const { answered, text = '' } = answer as { answered: boolean; text?: string };
    answers.push(answered ? text : undefined);
  }

  return {
    dataDir,
    points,
    victim,
    calls,
    async messages() {
      const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${telegram.chat}`);
      return ((await reply.json()) as { messages: ChatMessage[] }).messages;
    },
    async send(person, text, replyTo) {
      await post('send', { user_id: person, text, ...(replyTo && { reply_to: replyTo }) });
    },
    press(person, message, label) {
      const press = pressAndSee(person, message, label).catch((error: Error) => {
        if (!closing.signal.aborted) failures.push(error);
      });
      presses.add(press);
    },
    hurry(speed = SPEED) {
      if (speed !== sandbox.clock.speed) sandbox.clock.setSpeed(speed);
    },
    answers,
    async failDisk(code) {
      if (code === undefined) await rm(`${dataDir}.fault`);
      else await writeFile(`${dataDir}.fault`, code);
    },
    async close() {
      closing.abort();
      await Promise.all(presses);
      try {
        await victim.end();
        if (failures[0]) throw failures[0];
      } finally {
        for (const gate of gates) await gate.close();
        await sandbox.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
