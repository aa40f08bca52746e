import type { InlineKeyboardButton } from 'grammy/types';
import { buildCareData, type CarePress, parseCareData } from './care/press.ts';
import { buildRestoreData, parseRestoreData, type RestorePress } from './restore/press.ts';
import { buildCleanData, type CleanPress, parseCleanData } from './versions/press.ts';

/** A message as the views make it; whoever sends it decides how. */
export interface View {
  /** Telegram HTML. */
  readonly html: string;
  readonly buttons?: readonly (readonly Button[])[];
}

export interface Button {
  readonly text: string;
  readonly press: Press;
  readonly style?: 'primary' | 'success' | 'danger';
}

/** What a button says when it is pressed. It locates; it never authorises. */
export type Press =
  | { readonly kind: 'answer'; readonly gate: string; readonly revision: number; readonly answer: string }
  | {
      readonly kind: 'tick';
      readonly rollout: string;
      readonly section: number;
      readonly item: number | 'all';
    }
  /** Runs the command of an item, or those of all open items of the section. */
  | {
      readonly kind: 'run';
      readonly rollout: string;
      readonly section: number;
      readonly item: number | 'all';
    }
  | { readonly kind: 'turn' | 'waive' | 'note'; readonly rollout: string; readonly section: number }
  /** Goes on although items are open. */
  | { readonly kind: 'close'; readonly rollout: string }
  | { readonly kind: 'roll-back'; readonly rollout: string }
  | { readonly kind: 'ask-again'; readonly rollout: string }
  | { readonly kind: 'evidence'; readonly rollout: string }
  | CarePress
  | RestorePress
  | CleanPress
  | { readonly kind: 'choose'; readonly option: string };

/** The letters that callback data begins with, by what follows them. */
const ITEM = { tick: 'c', run: 'y' } as const;
const SECTION = { turn: 'n', waive: 'x', note: 't' } as const;
const ROLLOUT = { 'roll-back': 'r', 'ask-again': 'a', evidence: 'e', close: 'o' } as const;

/** Callback data of 64 bytes at most, as Telegram asks. */
export function buildData(press: Press): string {
  switch (press.kind) {
    case 'answer':
      return `g/${press.gate}/${press.revision}/${press.answer}`;
    case 'tick':
    case 'run':
      return `${ITEM[press.kind]}/${press.rollout}/${press.section}/${press.item}`;
    case 'turn':
    case 'waive':
    case 'note':
      return `${SECTION[press.kind]}/${press.rollout}/${press.section}`;
    case 'roll-back':
    case 'ask-again':
    case 'evidence':
    case 'close':
      return `${ROLLOUT[press.kind]}/${press.rollout}`;
    case 'task':
    case 'criterion':
    case 'follow-up':
      return buildCareData(press);
    case 'restore-traffic':
    case 'restore-cron':
      return buildRestoreData(press);
    case 'clean':
      return buildCleanData(press);
    case 'choose':
      return `w/${press.option}`;
  }
}

/** The press that callback data stands for; undefined when it is none of ours. Clients may send anything. */
export function parseData(data: string): Press | undefined {
  const gate = /^g\/([a-z0-9]+-\d+)\/(\d{1,6})\/([a-z]+)$/.exec(data);
  if (gate?.[1] && gate[3])
    return { kind: 'answer', gate: gate[1], revision: Number(gate[2]), answer: gate[3] };
  const [letter = '', rollout = '', section = '', item = '', ...rest] = data.split('/');
  if (rest.length === 0 && /^[a-z0-9]+$/.test(rollout)) {
    const kind = {
      item: kindOf(ITEM, letter),
      section: kindOf(SECTION, letter),
      rollout: kindOf(ROLLOUT, letter),
    };
    if (kind.item && SMALL.test(section) && (item === 'all' || SMALL.test(item)))
      return {
        kind: kind.item,
        rollout,
        section: Number(section),
        item: item === 'all' ? item : Number(item),
      };
    if (kind.section && SMALL.test(section) && !item)
      return { kind: kind.section, rollout, section: Number(section) };
    if (kind.rollout && !section) return { kind: kind.rollout, rollout };
  }
  const choice = /^w\/([\w.-]{1,60})$/.exec(data);
  return choice?.[1]
    ? { kind: 'choose', option: choice[1] }
    : (parseCareData(data) ?? parseRestoreData(data) ?? parseCleanData(data));
}

const SMALL = /^\d{1,3}$/;

function kindOf<K extends string>(letters: Readonly<Record<K, string>>, letter: string): K | undefined {
  return (Object.keys(letters) as K[]).find((kind) => letters[kind] === letter);
}

/** The rollout that a gate id belongs to. */
export function rolloutOfGate(gate: string): string {
  return gate.replace(/-\d+$/, '');
}

export function keyboard(buttons: View['buttons']): { inline_keyboard: InlineKeyboardButton[][] } {
  return {
    inline_keyboard: (buttons ?? []).map((row) =>
      row.map(({ text, press, style }) => ({
        text,
        callback_data: buildData(press),
        ...(style && { style }),
      })),
    ),
  };
}
