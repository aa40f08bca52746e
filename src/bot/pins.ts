import type { Api } from 'grammy';
import { asGrammys } from './edit-message.ts';
import { isGone, isRefusal } from './refusals.ts';
import { withOrders } from './sending.ts';
import type { Standing } from './shelf.ts';

/** Keeps messages at the top of their chat. */
export interface Pins {
  /**
   * Pins the message, or takes it down, without a sound.
   * @returns whether that is so now; where the bot may not pin, nothing is, and it is not asked again for this chat
   *   before the next start. @throws whatever may go better another time
   */
  set(sent: Standing, pinned: boolean): Promise<boolean>;
}

export function createPins(
  api: Api,
  signal: AbortSignal,
  failed: (what: string, error: unknown) => void,
): Pins {
  const refused = new Set<number>();
  return {
    async set({ chat, message }, pinned) {
      if (refused.has(chat)) return false;
      const order = withOrders({ urgency: 'card' }, {});
      try {
        if (pinned) {
          const quietly = { ...order, disable_notification: true };
          await api.pinChatMessage(chat, message, quietly, asGrammys(signal));
        } else await api.unpinChatMessage(chat, message, order, asGrammys(signal));
        return true;
      } catch (error) {
        // Somebody deleted it, or took it down: then it is not at the top, and that is no fault of the chat's.
        if (isGone(error) || /message to (un)?pin not found/.test((error as Error).message)) return true;
        if (!isRefusal(error)) throw error;
        refused.add(chat);
        failed('pinning the card', error);
        return false;
      }
    },
  };
}
