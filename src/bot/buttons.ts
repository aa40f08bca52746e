import type { InlineKeyboardButton } from 'grammy/types';
import { buildCareData, type CarePress, parseCareData } from './care/press.ts';

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
  | { readonly kind: 'turn'; readonly rollout: string; readonly section: number }
  | { readonly kind: 'waive'; readonly rollout: string; readonly section: number }
  | { readonly kind: 'roll-back'; readonly rollout: string }
  | { readonly kind: 'ask-again'; readonly rollout: string }
  | { readonly kind: 'evidence'; readonly rollout: string }
  | CarePress
  | { readonly kind: 'choose'; readonly option: string };

/** Callback data of 64 bytes at most, as Telegram asks. */
export function buildData(press: Press): string {
  switch (press.kind) {
    case 'answer':
      return `g/${press.gate}/${press.revision}/${press.answer}`;
    case 'tick':
      return `c/${press.rollout}/${press.section}/${press.item}`;
    case 'turn':
      return `n/${press.rollout}/${press.section}`;
    case 'waive':
      return `x/${press.rollout}/${press.section}`;
    case 'roll-back':
      return `r/${press.rollout}`;
    case 'ask-again':
      return `a/${press.rollout}`;
    case 'evidence':
      return `e/${press.rollout}`;
    case 'task':
    case 'criterion':
    case 'follow-up':
      return buildCareData(press);
    case 'choose':
      return `w/${press.option}`;
  }
}

/** The press that callback data stands for; undefined when it is none of ours. Clients may send anything. */
export function parseData(data: string): Press | undefined {
  const gate = /^g\/([a-z0-9]+-\d+)\/(\d{1,6})\/([a-z]+)$/.exec(data);
  if (gate?.[1] && gate[3])
    return { kind: 'answer', gate: gate[1], revision: Number(gate[2]), answer: gate[3] };
  const tick = /^c\/([a-z0-9]+)\/(\d{1,3})\/(\d{1,3}|all)$/.exec(data);
  if (tick?.[1]) {
    const item = tick[3] === 'all' ? 'all' : Number(tick[3]);
    return { kind: 'tick', rollout: tick[1], section: Number(tick[2]), item };
  }
  const page = /^([nx])\/([a-z0-9]+)\/(\d{1,3})$/.exec(data);
  if (page?.[2]) {
    return { kind: page[1] === 'n' ? 'turn' : 'waive', rollout: page[2], section: Number(page[3]) };
  }
  const simple = /^([rae])\/([a-z0-9]+)$/.exec(data);
  if (simple?.[2]) {
    const kind = ({ r: 'roll-back', a: 'ask-again', e: 'evidence' } as const)[simple[1] as 'r' | 'a' | 'e'];
    return { kind, rollout: simple[2] };
  }
  const choice = /^w\/([\w.-]{1,60})$/.exec(data);
  return choice?.[1] ? { kind: 'choose', option: choice[1] } : parseCareData(data);
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
