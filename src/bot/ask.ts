import type { Context } from 'grammy';
import type { CallbackQuery, Message } from 'grammy/types';
import { type Button, keyboard, parseData } from './buttons.ts';
import type { Talk } from './context.ts';
import { type Html, html, mention } from './html.ts';

interface Question {
  readonly text: Html;
  readonly options: readonly { text: string; value: string; style?: Button['style'] }[];
  /** What is not among the options is typed. */
  readonly other?: { readonly button: string; readonly prompt: string };
  /** What is wrong with an answer; undefined when nothing is. */
  check(answer: string): Promise<string | undefined>;
}

/** Asks until the answer passes its check. Undefined when the person calls it off. */
export async function ask(talk: Talk, ctx: Context, question: Question): Promise<string | undefined> {
  const { options, other } = question;
  const rows = options.map(({ text, style }, i) => [
    { text, press: { kind: 'choose', option: String(i) }, ...(style && { style }) } satisfies Button,
  ]);
  const last: Button[] = [
    ...(other ? [{ text: other.button, press: { kind: 'choose', option: 'other' } } as const] : []),
    { text: 'Call it off', press: { kind: 'choose', option: 'off' } },
  ];
  const message = await ctx.reply(question.text.text, {
    parse_mode: 'HTML',
    reply_markup: keyboard([...rows, last]),
  });
  for (;;) {
    const update = await talk.wait();
    const said = await readAnswer(update, message, options);
    if (said.kind === 'nothing') continue;
    if (said.kind === 'other') {
      // Clients then reply by themselves, which a bot in privacy mode is sure to hear.
      const prompt = html`${mention(update.from)}: ${other?.prompt}`.text;
      await update.reply(prompt, {
        parse_mode: 'HTML',
        reply_markup: { force_reply: true, selective: true },
      });
      continue;
    }
    if (said.kind === 'off') {
      const calledOff = html`${question.text}
✖️ Called off.`;
      for (const one of standing(update, message)) await conclude(ctx, one, calledOff);
      return undefined;
    }
    const { text: answer } = said;
    const wrong = await talk.external(() => orProblem(question.check(answer)));
    const sentence = 'problem' in wrong ? wrong.problem : wrong.value;
    if (sentence === undefined) {
      const label = options.find((option) => option.value === answer)?.text ?? answer;
      const concluded = html`${question.text}
➡️ ${label}`;
      for (const one of standing(update, message)) await conclude(ctx, one, concluded);
      return answer;
    }
    await update.reply(sentence);
  }
}

type Said =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'off' }
  | { readonly kind: 'other' }
  /** Not meant for this question. */
  | { readonly kind: 'nothing' };

async function readAnswer(update: Context, message: Asked, options: Question['options']): Promise<Said> {
  if (!update.callbackQuery) {
    const text = update.message?.text?.trim();
    return text ? { kind: 'text', text } : { kind: 'nothing' };
  }
  await update.answerCallbackQuery();
  const press = parseData(update.callbackQuery.data ?? '');
  if (press?.kind !== 'choose' || !isAbout(update.callbackQuery, message)) return { kind: 'nothing' };
  if (press.option === 'off') return { kind: 'off' };
  if (press.option === 'other') return { kind: 'other' };
  const option = options[Number(press.option)];
  return option ? { kind: 'text', text: option.value } : { kind: 'nothing' };
}

type Asked = Message.TextMessage;

/**
 * Whether a tap is on this question, or on a copy of it: a process that died after it asked has left one, which says the
 * same and stands above.
 */
function isAbout({ data = '', message }: CallbackQuery, asked: Asked): boolean {
  if (message?.message_id === asked.message_id) return true;
  if (message === undefined || !('text' in message)) return false;
  return message.text === asked.text && labelOf(message, data) === labelOf(asked, data);
}

function labelOf({ reply_markup }: Message, data: string): string | undefined {
  const buttons = reply_markup?.inline_keyboard.flat() ?? [];
  return buttons.find((button) => 'callback_data' in button && button.callback_data === data)?.text;
}

/** The question, and the copy of it that was tapped. */
function standing({ callbackQuery }: Context, asked: Asked): readonly Placed[] {
  const tapped = callbackQuery?.message;
  return tapped && tapped.message_id !== asked.message_id ? [asked, tapped] : [asked];
}

interface Placed {
  readonly chat: { readonly id: number };
  readonly message_id: number;
}

async function conclude(ctx: Context, message: Placed, text: Html): Promise<void> {
  await ctx.api.editMessageText(message.chat.id, message.message_id, text.text, { parse_mode: 'HTML' });
}

/** Errors cross a replay as data. */
export async function orProblem<T>(work: Promise<T>): Promise<{ value: T } | { problem: string }> {
  try {
    return { value: await work };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}
