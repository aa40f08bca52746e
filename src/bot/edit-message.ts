import type { Api } from 'grammy';
import type { Content, Standing } from './shelf.ts';

export const PLAIN_LINKS = { link_preview_options: { is_disabled: true } } as const;

/** Makes a message of the bot's say this. @param other goes with the call, as {@link withOrders} has it. */
export async function editTo(
  api: Api,
  { chat, message, form }: Pick<Standing, 'chat' | 'message' | 'form'>,
  { html, reply_markup }: Content,
  other: object,
  signal?: AbortSignal,
): Promise<void> {
  const shown = { ...other, parse_mode: 'HTML' as const, reply_markup };
  const off = asGrammys(signal);
  if (form === 'photo') await api.editMessageCaption(chat, message, { ...shown, caption: html }, off);
  else await api.editMessageText(chat, message, html, { ...shown, ...PLAIN_LINKS }, off);
}

/** grammY types signals of its own polyfill; Node's are the same at run time. */
export function asGrammys(signal: AbortSignal | undefined): Parameters<Api['deleteMessage']>[2] {
  return signal as unknown as Parameters<Api['deleteMessage']>[2];
}
