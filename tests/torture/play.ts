import { setTimeout as pause } from 'node:timers/promises';
import type { Act } from './scenarios.ts';
import type { ChatMessage, World } from './world.ts';

/** Real milliseconds after which an act that has not come through counts as lost, and after which nobody waits any more. */
export interface Patience {
  readonly lost: number;
  readonly most: number;
}

const LOOK_MS = 100;

/** People who act one after another, each once; what was lost is done again where it can be, and told. */
export async function play(
  world: World,
  acts: readonly Act[],
  from: number,
  patience: Patience,
): Promise<string[]> {
  const lost: string[] = [];
  for (const [i, act] of acts.entries()) {
    if (i === from) world.points.open();
    await doAct(world, act, patience);
    if (await comesThrough(world, act, patience.lost)) continue;
    // Nobody presses a button that is gone.
    if (await canBeDone(world, act)) {
      lost.push(sayAct(act));
      await doAct(world, act, patience);
    }
    if (await comesThrough(world, act, patience.most)) continue;
    throw new Error(`Waited in vain for ${act.until} after ${sayAct(act)}.\n${await sayChat(world)}`);
  }
  return lost;
}

async function canBeDone(world: World, act: Act): Promise<boolean> {
  if ('speed' in act) return false;
  if ('send' in act) return true;
  return (await world.messages()).some((m) => labelIn(m, act.press) !== undefined);
}

function labelIn({ reply_markup }: ChatMessage, press: string): string | undefined {
  return reply_markup?.inline_keyboard?.flat().find(({ text }) => text.startsWith(press))?.text;
}

export function sayAct(act: Act): string {
  if ('speed' in act) return `time, until ${act.until}`;
  return 'press' in act ? `[${act.press}]` : `“${act.send}”`;
}

/** What the chat shows, a message a paragraph, its buttons in brackets. */
export function show({ text, caption, reply_markup }: ChatMessage): string {
  const buttons = (reply_markup?.inline_keyboard ?? []).flat().map((button) => `[${button.text}]`);
  return `${text ?? caption ?? ''}\n${buttons.join(' ')}`;
}

export async function doAct(world: World, act: Act, { most }: Patience): Promise<void> {
  world.hurry('speed' in act ? act.speed : undefined);
  if ('speed' in act) return;
  if ('send' in act) {
    const to = act.to && (await waitFor(world, most, (m) => act.to?.test(show(m)) === true));
    return world.send(act.who, act.send, to?.message_id);
  }
  const message = await waitFor(world, most, (m) => labelIn(m, act.press) !== undefined);
  world.press(act.who, message.message_id, labelIn(message, act.press) ?? '');
}

/** The newest message of the bot's that fits, once there is one. */
export async function waitFor(
  world: World,
  ms: number,
  fits: (m: ChatMessage) => boolean,
): Promise<ChatMessage> {
  for (let waited = 0; ; waited += LOOK_MS) {
    world.victim.check();
    const found = (await world.messages()).findLast((m) => m.from.is_bot && fits(m));
    if (found) return found;
    if (waited > ms) throw new Error(`Nothing to press or to reply to.\n${await sayChat(world)}`);
    await pause(LOOK_MS);
  }
}

async function comesThrough(world: World, { until }: Act, ms: number): Promise<boolean> {
  for (let waited = 0; waited <= ms; waited += LOOK_MS) {
    world.victim.check();
    if ((await world.messages()).some((m) => m.from.is_bot && until.test(show(m)))) return true;
    await pause(LOOK_MS);
  }
  return false;
}

async function sayChat(world: World): Promise<string> {
  const chat = (await world.messages()).map((m) => `#${m.message_id} ${m.from.is_bot ? '' : '> '}${show(m)}`);
  return `The chat:\n${chat.join('\n')}\nThe log:\n${world.victim.log().slice(-3_000)}`;
}
