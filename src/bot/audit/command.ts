import { InputFile } from 'grammy';
import type { Who } from '../../rollout/draft.ts';
import type { BotContext } from '../context.ts';
import { type Html, html } from '../html.ts';
import { lackOf, type Sender } from '../info/reply.ts';
import { dateTime } from '../info/words.ts';
import type { Auditor, HandOut } from './auditor.ts';

const ROLES = ['operator', 'approver', 'admin'] as const;

/** `/audit [ID]`: for everybody in the team; it has names and reasons of people, so for nobody else. */
export async function auditCommand(
  ctx: BotContext,
  text: string,
  sender: Sender,
  auditor: Auditor,
  refused: (by: Who, attempt: string) => void,
): Promise<void> {
  const lack = lackOf(ROLES, sender);
  if (lack) {
    refused(sender, `/audit ${text}`.trim());
    return void (await ctx.reply(lack));
  }
  const id = text.trim();
  if (!/^[a-z0-9]*$/.test(id)) {
    const sentence = html`'${id}' is not the id of a rollout. /history lists them; /audit alone gives all.`;
    return void (await ctx.reply(sentence.text, { parse_mode: 'HTML' }));
  }
  const found = await auditor.handOut(id || undefined);
  if (!('name' in found)) return void (await ctx.reply(html`${found.problem}`.text, { parse_mode: 'HTML' }));
  const file = new InputFile(() => found.content(), found.name);
  await ctx.replyWithDocument(file, { caption: caption(found).text, parse_mode: 'HTML' });
}

/** What somebody needs to check the file anywhere, years later. */
export function caption({ first, last, from, to, problem, whole, head, publicKey, name }: HandOut): Html {
  const piece = first === 1 ? '' : ` --from ${first}`;
  const sound = html`✔️ The whole audit was checked: all ${whole} lines are as they were written.`;
  return html`<b>The audit</b>, lines ${first} to ${last}: ${dateTime(from)}, to ${dateTime(to)}
${problem === undefined ? sound : html`🛑 <b>The audit was touched.</b> ${problem}`}
Head: <code>${head}</code>
Key: <code>${publicKey}</code>
To check it: <code>sluice audit verify ${name}${piece} --key KEY --head HEAD</code>`;
}
