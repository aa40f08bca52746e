import type { Chats } from '../chats.ts';
import { badRequest } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import type { BotCommand } from '../model.ts';
import type { Params } from '../params.ts';
import type { State } from '../state.ts';
import type { Methods } from './table.ts';

/** core.telegram.org/bots/api#setmycommands and #botcommand. */
const MAX_COMMANDS = 100;
const MAX_DESCRIPTION = 256;

export function commandMethods(chats: Chats, ledger: Ledger): Methods {
  return {
    setMyCommands: (params) => {
      const key = keyOf(params, chats);
      ledger.commit({ do: 'commands', key, commands: readCommands(params) });
      return true;
    },
    getMyCommands: (params) => ledger.state.commands.get(keyOf(params, chats)) ?? [],
    deleteMyCommands: (params) => {
      ledger.commit({ do: 'commands', key: keyOf(params, chats), commands: [] });
      return true;
    },
  };
}

/**
 * The commands that a person sees in a chat: those of the narrowest scope that has any
 * (core.telegram.org/bots/api#determining-list-of-commands). Lists in a language do not reach here.
 * @param member whose list it is, and whether they are an administrator of the group
 */
export function commandsIn(
  state: State,
  chatId: number,
  isGroup: boolean,
  member?: { readonly id: number; readonly admin: boolean },
): readonly BotCommand[] {
  const scopes = [
    ...(member === undefined ? [] : [`chat_member ${chatId} ${member.id}`]),
    ...(isGroup && member?.admin ? [`chat_administrators ${chatId}`] : []),
    `chat ${chatId}`,
    ...(isGroup && member?.admin ? ['all_chat_administrators'] : []),
    isGroup ? 'all_group_chats' : 'all_private_chats',
    'default',
  ];
  for (const scope of scopes) {
    const commands = state.commands.get(`${scope}|`);
    if (commands !== undefined) return commands;
  }
  return [];
}

function keyOf(params: Params, chats: Chats): string {
  return `${scopeOf(params, chats)}|${params.text('language_code')}`;
}

function scopeOf(params: Params, chats: Chats): string {
  const scope = params.json('scope', 'BotCommandScope');
  if (scope === undefined) return 'default';
  if (typeof scope !== 'object' || scope === null) throw unreadable('BotCommandScope must be an Object');
  const { type, chat_id: chatId, user_id: userId } = scope as Record<string, unknown>;
  switch (type) {
    case 'default':
    case 'all_private_chats':
    case 'all_group_chats':
    case 'all_chat_administrators':
      return type;
    case 'chat':
    case 'chat_administrators':
    case 'chat_member':
      break;
    default:
      throw unreadable('Unsupported type specified');
  }
  if (chatId === undefined || chatId === '') throw unreadable('Empty chat_id specified');
  if (chats.find(Number(chatId)) === undefined) throw badRequest('chat not found');
  if (type !== 'chat_member') return `${type} ${chatId}`;
  if (!(Number(userId) > 0)) throw unreadable('Invalid user_id specified');
  return `${type} ${chatId} ${userId}`;
}

function readCommands(params: Params): BotCommand[] {
  const list = params.json('commands');
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw badRequest('expected an Array of BotCommand');
  if (list.length > MAX_COMMANDS) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  return list.map(readCommand);
}

function readCommand(value: unknown): BotCommand {
  if (typeof value !== 'object' || value === null) {
    throw badRequest("can't parse BotCommand: expected an Object");
  }
  const { command, description, is_ephemeral: ephemeral } = value as Record<string, unknown>;
  if (typeof command !== 'string') throw badRequest('can\'t parse BotCommand: Can\'t find field "command"');
  if (typeof description !== 'string')
    throw badRequest('can\'t parse BotCommand: Can\'t find field "description"');
  const name = command.replace(/^\//, '').trim();
  if (!/^[a-z0-9_]{1,32}$/.test(name)) throw badRequest('BOT_COMMAND_INVALID');
  const text = description.trim();
  if (text === '') throw badRequest('command description must be non-empty');
  if ([...text].length > MAX_DESCRIPTION) {
    throw badRequest(`command description length must not exceed ${MAX_DESCRIPTION}`);
  }
  return { command: name, description: text, ...(ephemeral === true ? { is_ephemeral: true } : {}) };
}

function unreadable(reason: string) {
  return badRequest(`can't parse BotCommandScope: ${reason}`);
}
