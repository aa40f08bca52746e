import type { Context } from 'grammy';
import type { User } from 'grammy/types';
import type { Member } from '../plan/schema.ts';
import { type Actor, who } from '../rollout/answers.ts';
import type { Who } from '../rollout/draft.ts';
import { cleanName } from './names.ts';

/** What whoever hides is told. */
export const OWN_NAME =
  'Roles belong to persons: please send this in your own name, not as the group or a channel.';

/** Telegram's stand-ins for people who hide: what they send has no author that could hold a role. */
const FACELESS = new Set([1087968824, 777000, 136817688]);

/**
 * Who sent this, with the roles that they have now. Undefined for channels, anonymous administrators and other bots: a role
 * belongs to a person.
 */
export function actorOf(ctx: Context, people: readonly Member[]): Actor | undefined {
  const behalf = ctx.callbackQuery ? undefined : ctx.message?.sender_chat;
  const from = behalf ? undefined : personOf(ctx.from);
  return from && actorFor({ ...from, update: ctx.update.update_id }, people);
}

/** Who is named on record for an attempt: a person, or what stands for somebody who hides. */
export function senderOf(ctx: Context): Who {
  const chat = ctx.callbackQuery ? undefined : ctx.message?.sender_chat;
  const name = chat?.title ?? ctx.from?.first_name ?? 'Somebody';
  const known = chat ? undefined : personOf(ctx.from);
  return {
    ...(known ?? { id: chat?.id ?? ctx.from?.id ?? 0, name: cleanName(name) }),
    update: ctx.update.update_id,
  };
}

/** A user of Telegram's, unless it is a bot or a stand-in. */
export function personOf(user: User | undefined): Who | undefined {
  if (!user || user.is_bot || FACELESS.has(user.id)) return undefined;
  return { id: user.id, name: cleanName([user.first_name, user.last_name].filter(Boolean).join(' ')) };
}

/** A person with the roles that they have at this moment, under the name that the team knows them by. */
export function actorFor(person: Who, people: readonly Member[]): Actor {
  const member = people.find(({ id }) => id === person.id);
  return { ...who(person), ...(member && { name: member.name }), roles: member?.roles ?? [] };
}
