import type { CommandContext, Filter } from 'grammy';
import type { Message } from 'grammy/types';
import { nearest } from '../../plan/nearest.ts';
import type { Who } from '../../rollout/draft.ts';
import type { BotContext } from '../context.ts';
import { html } from '../html.ts';
import { OWN_NAME, personOf, senderOf } from '../people.ts';
import { rolesOf, sayRoles, TEAM_ROLES, type TeamRole } from './history.ts';
import type { Said, Sent, Team } from './team.ts';

/** Writes a refused attempt into the log. */
export type NoteRefusal = (who: Who, attempt: string) => void;

const BY_PLAN =
  'The plan lists the team, so it is changed there: under people in sluice.yaml, from the next start on.';
const HOW = 'Reply to a message of that person’s with /team and the roles, such as /team operator.';

/** `/claim CODE`: makes this group the team's chat and the sender its admin. */
export async function claimCommand(
  ctx: CommandContext<BotContext>,
  team: Team,
  note: NoteRefusal,
): Promise<void> {
  const sent = sentBy(ctx);
  if (!sent) {
    note(senderOf(ctx), '/claim');
    return void (await ctx.reply(OWN_NAME));
  }
  if (!team.book) return void (await ctx.reply(BY_PLAN));
  if (ctx.chat.type !== 'group' && ctx.chat.type !== 'supergroup') {
    return void (await ctx.reply('Send this in your team’s group: that group becomes the team’s chat.'));
  }
  const code = ctx.match.trim();
  if (code === '') return void (await ctx.reply('Add the code from the terminal: /claim CODE.'));
  const said = await team.book.claim(code, ctx.chatId, sent);
  if (said.refused) note(sent.by, '/claim');
  await ctx.reply(said.say);
}

/** `/team` lists the team; as a reply to somebody's message, with roles, it changes theirs. */
export async function teamCommand(
  ctx: CommandContext<BotContext>,
  team: Team,
  note: NoteRefusal,
): Promise<void> {
  const words = ctx.match
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (words.length === 0) return void (await ctx.reply(listTeam(team), { parse_mode: 'HTML' }));
  const said = await assign(ctx, team, words);
  if (said.refused) note(senderOf(ctx), `/team ${words.join(' ')}`);
  await ctx.reply(said.say);
}

async function assign(ctx: CommandContext<BotContext>, team: Team, words: readonly string[]): Promise<Said> {
  const refuse = (say: string): Said => ({ say, refused: true });
  const sent = sentBy(ctx);
  if (!sent) return refuse(OWN_NAME);
  if (!team.book) return refuse(BY_PLAN);
  const read = readRoles(words);
  if ('problem' in read) return refuse(read.problem);
  const message = repliedTo(ctx.msg);
  if (!message) return refuse(HOW);
  const person = message.sender_chat ? undefined : personOf(message.from);
  if (!person)
    return refuse('That message has no person behind it: a bot, a channel or the group cannot have a role.');
  return team.book.assign(person, read.roles, sent);
}

/** `/whoami`: what roles hang on, and which there are. */
export async function whoAmI(ctx: CommandContext<BotContext>, team: Team): Promise<void> {
  const sent = sentBy(ctx);
  if (!sent) return void (await ctx.reply(OWN_NAME));
  const member = team.members().find(({ id }) => id === sent.by.id);
  const text = html`You are ${member?.name ?? sent.by.name} (<code>${sent.by.id}</code>): ${sayRoles(rolesOf(member))}.`;
  await ctx.reply(text.text, { parse_mode: 'HTML' });
}

function listTeam(team: Team): string {
  const members = team.members().filter((member) => rolesOf(member).length > 0);
  const lines = members.map(
    (member) => html`${member.name} (<code>${member.id}</code>): ${sayRoles(rolesOf(member))}`,
  );
  return html`<b>The team</b>
${lines.length > 0 ? lines : 'Nobody yet.'}

${team.book ? `Admins change it. ${HOW} /team none takes all roles away.` : BY_PLAN}`.text;
}

function readRoles(words: readonly string[]): { roles: readonly TeamRole[] } | { problem: string } {
  if (words.length === 1 && words[0] === 'none') return { roles: [] };
  const unknown = words.find((word) => !TEAM_ROLES.some((role) => role === word));
  if (unknown === undefined) return { roles: TEAM_ROLES.filter((role) => words.includes(role)) };
  if (unknown === 'none') return { problem: 'None goes without other roles: /team none.' };
  const near = nearest(unknown, TEAM_ROLES);
  return {
    problem: `'${unknown}' is not a role.${near ? ` Did you mean '${near}'?` : ''} There are ${TEAM_ROLES.join(', ')}; none takes them away.`,
  };
}

/** In a topic, every message that replies to nothing bears the topic's first message instead. */
function repliedTo(message: Message): Message | undefined {
  const replied = message.reply_to_message;
  return replied && !replied.forum_topic_created && replied.message_id !== message.message_thread_id
    ? replied
    : undefined;
}

function sentBy(ctx: CommandContext<BotContext>): Sent | undefined {
  const by = ctx.msg.sender_chat ? undefined : personOf(ctx.from);
  const update = ctx.update.update_id;
  return by && { by: { ...by, update }, update };
}

/** A group that becomes a supergroup goes on under another number: the team's record says so. */
export async function followMigration(
  ctx: Filter<BotContext, 'message:migrate_to_chat_id'>,
  team: Team,
): Promise<void> {
  const by = { id: ctx.me.id, name: ctx.me.first_name };
  await team.moved(ctx.chatId, ctx.message.migrate_to_chat_id, { by, update: ctx.update.update_id });
}
