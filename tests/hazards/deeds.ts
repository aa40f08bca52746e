import type { Rollout } from '../../src/rollout/state.ts';
import { ADA, BEN, type Team } from '../story/team.ts';

/** Something that a person does. */
export type Deed =
  | {
      readonly kind: 'tap';
      readonly who: number;
      readonly gate: string;
      readonly revision: number;
      readonly answer: string;
    }
  | { readonly kind: 'say'; readonly who: number; readonly text: string };

/** Real milliseconds after which a tap that left its question open is made once more. */
const AGAIN_MS = 10_000;

/** What people have done so far. */
export class Past {
  readonly said: string[] = [];
  #taps = 0;
  #wishedBack = false;
  readonly #tappedAt = new Map<string, number>();
  readonly #luck = new Map<string, number>();
  readonly #random: () => number;

  /** @param taps that were made before. */
  constructor(taps: number, random: () => number) {
    this.#taps = taps;
    this.#random = random;
  }

  get taps(): number {
    return this.#taps;
  }

  get wishedBack(): boolean {
    return this.#wishedBack;
  }

  /** What people make of a question, from 0 to below 1: drawn once, however long its buttons take to appear. */
  luck(gate: string, revision: number): number {
    const key = `${gate}/${revision}`;
    const luck = this.#luck.get(key) ?? this.#random();
    this.#luck.set(key, luck);
    return luck;
  }

  /** Whether a question was tapped a moment ago, so that its answer may still be on its way. */
  waitsFor(gate: string, revision: number): boolean {
    return Date.now() - (this.#tappedAt.get(`${gate}/${revision}`) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS;
  }

  note(deed: Deed): void {
    this.said.push(`${deed.who === ADA ? 'Ada' : 'Ben'}: ${deed.kind === 'say' ? deed.text : deed.answer}`);
    if (deed.kind === 'say') this.#wishedBack = true;
    else {
      this.#taps++;
      this.#tappedAt.set(`${deed.gate}/${deed.revision}`, Date.now());
    }
  }
}

/** What people do next, if there is anything to do for them. */
export function choose(rollout: Rollout, past: Past): Deed | undefined {
  const open = rollout.gates.filter((gate) => !gate.outcome && !past.waitsFor(gate.id, gate.revision));
  const gate = open.find(({ topic }) => topic.kind === 'roll-back') ?? open.at(-1);
  if (!gate) return undefined;
  const luck = past.luck(gate.id, gate.revision);
  const tap = (who: number, answer: string): Deed => ({
    kind: 'tap',
    who,
    gate: gate.id,
    revision: gate.revision,
    answer,
  });
  switch (gate.topic.kind) {
    case 'roll-back':
      return tap(ADA, 'yes');
    case 'stuck':
      return tap(ADA, 'retry');
    case 'drift':
      return tap(BEN, luck < 0.5 ? 'restore' : 'adopt');
    case 'cron':
      return tap(BEN, 'no');
    case 'promote': {
      if (luck < 0.15 && rollout.step >= 0) return tap(BEN, 'hold');
      if (luck < 0.3 && !past.wishedBack) return goBack('Chance says so.');
      return tap(BEN, 'yes');
    }
  }
}

export function goBack(why: string): Deed {
  return { kind: 'say', who: ADA, text: `/rollback ${why}` };
}

/** @returns whether the deed could be done: a question may not stand in the chat yet, or not offer this. */
export async function carryOut(team: Team, deed: Deed): Promise<boolean> {
  if (deed.kind === 'say') {
    await team.send(deed.who, deed.text);
    return true;
  }
  const data = `g/${deed.gate}/${deed.revision}/${deed.answer}`;
  const message = (await team.messages()).findLast((one) =>
    one.reply_markup?.inline_keyboard?.flat().some((button) => button.callback_data === data),
  );
  if (!message) return false;
  await team.pressOn(deed.who, message.message_id, data);
  return true;
}
