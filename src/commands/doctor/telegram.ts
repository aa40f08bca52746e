import { Api, GrammyError } from 'grammy';
import type { ChatFullInfo, ChatMember, UserFromGetMe } from 'grammy/types';
import { plain } from '../../bot/bot.ts';
import type { TelegramConfig } from '../../config.ts';
import { type Examination, type Finding, good, open, wrong } from './finding.ts';

const TIMEOUT_S = 15;

type Remote = Extract<TelegramConfig, { kind: 'remote' }>;

/** @param chat the team's group; undefined while nobody has named or claimed one. */
export async function* examineTelegram(telegram: TelegramConfig, chat: number | undefined): Examination {
  if (telegram.kind === 'local') {
    yield open(
      'Telegram',
      'no TELEGRAM_BOT_TOKEN: `sluice start` brings a local chat, `sluice run` needs a bot.',
    );
    return;
  }
  const api = new Api(telegram.token, {
    timeoutSeconds: TIMEOUT_S,
    ...(telegram.apiRoot && { apiRoot: telegram.apiRoot }),
  });
  const me = yield* examineToken(api);
  if (!me) return;
  yield* examineWebhook(api);
  yield* examineChat(api, me, chat, telegram);
}

async function* examineToken(api: Api): Examination<UserFromGetMe | undefined> {
  try {
    const me = await api.getMe();
    yield good('Telegram', `the token is good, and @${me.username} answers.`);
    return me;
  } catch (error) {
    // Of a token that it does not know Telegram says 401, of one that cannot be any 404.
    const refused = error instanceof GrammyError && [401, 404].includes(error.error_code);
    yield refused
      ? wrong(
          'Telegram',
          'the token in TELEGRAM_BOT_TOKEN is not, or no longer, that of a bot.',
          'Ask @BotFather for the present one: /mybots, your bot, API Token.',
        )
      : wrong(
          'Telegram',
          `no answer (${plain(error).message}).`,
          'Check the network of this machine, and TELEGRAM_API_ROOT if it is set.',
        );
    return undefined;
  }
}

async function* examineWebhook(api: Api): Examination {
  try {
    const { url } = await api.getWebhookInfo();
    yield url
      ? wrong(
          'Webhook',
          // The path of a webhook often is a secret.
          `one is set, at ${new URL(url).host}: while it stands nobody can poll. Sluice takes it away when it starts, and the program there hears nothing more.`,
          'If that program is still wanted, give Sluice a bot of its own; else start Sluice.',
        )
      : good('Webhook', 'none is set, so that Sluice can poll.');
  } catch (error) {
    yield wrong('Webhook', plain(error).message);
  }
}

async function* examineChat(
  api: Api,
  me: UserFromGetMe,
  chat: number | undefined,
  telegram: Remote,
): Examination {
  if (chat === undefined) {
    yield privacy(me, undefined);
    yield wrong(
      'Group',
      'it is not known yet.',
      'Start Sluice, add the bot to the team’s group, and send /status there: the answer says what to do.',
    );
    return;
  }
  try {
    const [group, self] = [await api.getChat(chat), await api.getChatMember(chat, me.id)];
    const isGroup = group.type === 'group' || group.type === 'supergroup';
    yield isGroup
      ? good('Group', `“${group.title}” (${chat}) can be reached.`)
      : wrong(
          'Group',
          `${chat} is a ${group.type} chat.`,
          'Sluice works in a group: two persons have to meet.',
        );
    if (isGroup) yield membership(group, self);
    yield privacy(me, self);
  } catch (error) {
    yield unreachable(error, chat, telegram.chat !== undefined);
  }
}

function unreachable(error: unknown, chat: number, configured: boolean): Finding {
  const to = error instanceof GrammyError ? error.parameters.migrate_to_chat_id : undefined;
  if (to !== undefined) {
    const todo = configured ? `Set TELEGRAM_CHAT_ID=${to}.` : 'Sluice finds it out by itself when it runs.';
    return wrong('Group', `${chat} has become a supergroup with the number ${to}.`, todo);
  }
  return wrong(
    'Group',
    `${chat} cannot be reached (${plain(error).message}).`,
    'Add the bot to the group; if it is in there, correct TELEGRAM_CHAT_ID: /status in the group tells the number.',
  );
}

function membership(group: ChatFullInfo, self: ChatMember): Finding {
  switch (self.status) {
    case 'left':
    case 'kicked':
      return wrong('Membership', `the bot is not in the group (${self.status}).`, 'Add it to the group.');
    case 'creator':
    case 'administrator':
      return good('Membership', 'the bot is an administrator and may write.');
    case 'restricted':
    case 'member': {
      const may = self.status === 'restricted' ? self : group.permissions;
      const lacks = [
        ...(may?.can_send_messages === false ? ['messages'] : []),
        ...(may?.can_send_photos === false ? ['photos'] : []),
        ...(may?.can_send_documents === false ? ['documents'] : []),
      ];
      if (lacks.length === 0) return good('Membership', 'the bot is a member and may write.');
      return wrong(
        'Membership',
        `the bot is a member but may not send ${lacks.join(' or ')}.`,
        'Allow it in the group’s permissions, or make the bot an administrator without any rights.',
      );
    }
  }
}

function privacy(me: UserFromGetMe, self: ChatMember | undefined): Finding {
  if (self?.status === 'administrator') {
    return good('Privacy', 'as an administrator the bot hears all that is said in the group; it needs less.');
  }
  return me.can_read_all_group_messages
    ? good(
        'Privacy',
        'privacy mode is off, so that the bot hears all that is said; it works with it on, too.',
      )
    : good('Privacy', 'privacy mode is on: the bot hears commands, taps, and replies to its own messages.');
}
