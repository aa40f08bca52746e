import type { Context } from 'grammy';
import type { Member } from '../plan/schema.ts';
import type { Actor } from '../rollout/answers.ts';

/** Telegram's stand-ins for people who hide: what they send has no author that could hold a role. */
const FACELESS = new Set([1087968824, 777000, 136817688]);

/**
 * Who sent this, with the roles of the plan. Undefined for channels, anonymous administrators and other bots: a role
 * belongs to a person.
 */
export function actorOf(ctx: Context, people: readonly Member[]): Actor | undefined {
  const from = ctx.from;
  const behalf = ctx.callbackQuery ? undefined : ctx.message?.sender_chat;
  if (!from || from.is_bot || behalf || FACELESS.has(from.id)) return undefined;
  const member = people.find((person) => person.id === from.id);
  return { id: from.id, name: member?.name ?? from.first_name, roles: member?.roles ?? [] };
}
