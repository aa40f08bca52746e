import type { User } from '../model.ts';
import type { Presses } from '../presses.ts';
import type { Updates } from '../updates.ts';
import type { WebhookSender } from '../webhook.ts';
import type { Methods } from './table.ts';

/** How a bot hears of people, and how it answers their presses. */
export function updateMethods(
  bot: User,
  updates: Updates,
  webhook: WebhookSender,
  presses: Presses,
): Methods {
  return {
    getMe: () => ({
      ...bot,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: false,
      can_connect_to_business: false,
      has_main_web_app: false,
    }),
    getUpdates: (params, signal) => updates.get(params, signal),
    setWebhook: (params) => webhook.set(params),
    deleteWebhook: (params) => webhook.remove(params),
    getWebhookInfo: () => webhook.info(),
    answerCallbackQuery: (params) => presses.answer(params),
  };
}
