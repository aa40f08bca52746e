import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localEndpoints, localPeople } from '../../src/local.ts';
import { createLog } from '../../src/log.ts';
import { type BotParts, startBot } from '../../src/main.ts';
import { builtInPlan } from '../../src/plan/load.ts';
import type { Plan } from '../../src/plan/schema.ts';
import type { ChecklistItem } from '../../src/plan/terms.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { copySteady } from '../deploy/steady-app.ts';

export const ADA = 1001;
export const BEN = 1002;
export const CLEO = 1003;

interface ChatButton {
  readonly text: string;
  readonly callback_data?: string;
}

export interface ChatMessage {
  readonly message_id: number;
  readonly from: { readonly id: number; readonly is_bot: boolean };
  readonly text?: string;
  readonly caption?: string;
  readonly photo?: readonly { readonly width: number; readonly url?: string }[];
  readonly reply_markup?: { readonly inline_keyboard?: readonly (readonly ChatButton[])[] };
}

export interface Pressed {
  readonly answered: boolean;
  readonly text?: string;
  readonly show_alert?: boolean;
}

/** A team, its chat, its App Engine and its bot, over the real wire and in this process. */
export interface Team {
  readonly sandbox: Sandbox;
  readonly dataDir: string;
  /** Where pipelines on other machines knock, if they may. */
  readonly door: string | undefined;
  /** Where /healthz and /metrics are, if they are wished for. */
  readonly health: string | undefined;
  /** What `/claim` takes, where the plan lists nobody. */
  claimCode(): string | undefined;
  /** @returns the number of the message. */
  send(person: number, text: string, replyTo?: number): Promise<number>;
  /** Waits for the newest message with such a button and presses it. */
  press(person: number, label: string): Promise<Pressed>;
  pressOn(person: number, message: number, data: string): Promise<Pressed>;
  messages(): Promise<ChatMessage[]>;
  /** Waits until a message of the bot's, as it stands then, has these words. */
  waitFor(words: RegExp): Promise<ChatMessage>;
  buttons(): Promise<string[]>;
  /** The bot dies without a word to anyone, and another one starts on the same data after what happens meanwhile. */
  restartBot(meanwhile?: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** An item of a checklist: required, and ticked by hand unless `more` says otherwise. */
export function item(text: string, more: Partial<ChecklistItem> = {}): ChecklistItem {
  return { text, required: true, within: 60_000, ...more };
}

const PATIENCE_MS = 50_000;

/**
 * @param speed how many times as fast as life; a 30-minute window at 240 takes seven and a half seconds.
 * @param change what differs from the built-in plan.
 * @param parts what the bot is made of besides.
 */
export async function assembleTeam(
  speed = 240,
  change: Partial<Plan> = {},
  parts: Partial<Pick<BotParts, 'control' | 'log' | 'watch' | 'peoplesClock'>> = {},
): Promise<Team> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sluice-story-'));
  const app = join(dataDir, 'app');
  await copySteady(app);
  const people = localPeople([]);
  const sandbox = await startSandbox({
    dataDir: join(dataDir, 'sandbox'),
    port: 0,
    speed,
    people: people.map(({ id, name, roles }) => ({
      id,
      firstName: name,
      username: name.toLowerCase(),
      roles,
    })),
    app,
    parts: { telegram: true, appEngine: true },
    log: () => {},
  });
  const { telegram, appEngine } = sandbox;
  if (!telegram || !appEngine) throw new Error('The sandbox started without its parts.');
  const built = builtInPlan();
  const plan: Plan = {
    ...built,
    people: [...people],
    services: {
      default: {
        source: app,
        smoke: [{ path: '/healthz', status: 200, within: 10_000 }],
        verify: [],
      },
    },
    checklist: [{ title: 'Only one', items: [item('It is ready')] }],
    // Whoever works on the sample has changes in it.
    validation: { ...built.validation, checks: built.validation.checks.filter((check) => check !== 'git') },
    // People's hours are real ones.
    approval: {
      ...built.approval,
      expires: built.approval.expires * speed,
      remind: built.approval.remind * speed,
    },
    ...change,
  };
  const begin = async () => {
    const bot = await startBot({
      telegram: { kind: 'remote', token: telegram.token, apiRoot: telegram.url, chat: telegram.chat },
      cloud: { kind: 'remote', project: appEngine.project, endpoints: localEndpoints(appEngine.url) },
      plan,
      dataDir,
      clock: sandbox.clock,
      log: createLog(process.env.LOG_LEVEL ?? 'silent'),
      ...parts,
    });
    const { url, health } = await bot.ready;
    return { ...bot, door: url, health };
  };
  let bot = await begin();

  const post = async (path: string, body: object) => {
    const reply = await fetch(`${telegram.url}/_user/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: telegram.chat, ...body }),
    });
    const json = await reply.json();
    if (!reply.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
    return json;
  };
  const messages = async (): Promise<ChatMessage[]> => {
    const reply = await fetch(`${telegram.url}/_user/messages?chat_id=${telegram.chat}`);
    return ((await reply.json()) as { messages: ChatMessage[] }).messages;
  };
  const until = async <T>(what: string, look: (all: ChatMessage[]) => T | undefined): Promise<T> => {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const found = look(await messages());
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const chat = (await messages()).map((m) => `#${m.message_id} ${m.text ?? m.caption}`).join('\n');
    throw new Error(`Waited in vain for ${what}. The chat:\n${chat}`);
  };

  return {
    sandbox,
    dataDir,
    door: bot.door,
    health: bot.health,
    messages,
    claimCode: () => bot.claimCode,
    async send(person, text, replyTo) {
      const sent = await post('send', { user_id: person, text, ...(replyTo && { reply_to: replyTo }) });
      return (sent as { message: { message_id: number } }).message.message_id;
    },
    async press(person, label) {
      const { message, text } = await until(`a button "${label}"`, (all) => {
        for (const m of all.toReversed()) {
          const button = m.reply_markup?.inline_keyboard?.flat().find((b) => b.text.startsWith(label));
          if (button) return { message: m.message_id, text: button.text };
        }
        return undefined;
      });
      return post('press', { user_id: person, message_id: message, button: text });
    },
    pressOn: (person, message, data) => post('press', { user_id: person, message_id: message, data }),
    waitFor: (words) =>
      until(String(words), (all) =>
        all.findLast((m) => m.from.is_bot && words.test(m.text ?? m.caption ?? '')),
      ),
    async buttons() {
      return (await messages()).flatMap(
        (m) => m.reply_markup?.inline_keyboard?.flat().map((b) => b.text) ?? [],
      );
    },
    async restartBot(meanwhile) {
      await bot.stop();
      await meanwhile?.();
      bot = await begin();
    },
    async close() {
      await bot.stop();
      await sandbox.close();
      // A figure that was being written when the bot stopped may still come.
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

/** Through the wizard and the checklist, up to the first question. */
export async function prepareRelease(team: Team, folder?: string): Promise<void> {
  await team.send(ADA, '/deploy');
  const question = await team.waitFor(/what is to be released/);
  if (folder) await team.send(ADA, folder, question.message_id);
  else await team.press(ADA, 'The folder');
  await team.press(ADA, 'v2');
  await team.press(ADA, 'Start');
  await team.press(ADA, 'Tick all');
  await team.waitFor(/from 0 % to \d+ %\?/);
}

/** The live split of the default service, as the Admin API tells it. */
export async function liveSplit(team: Team): Promise<Record<string, number>> {
  const { appEngine } = team.sandbox;
  const reply = await fetch(`${appEngine?.url}/v1/apps/${appEngine?.project}/services/default`);
  const service = (await reply.json()) as { split: { allocations: Record<string, number> } };
  return service.split.allocations;
}
