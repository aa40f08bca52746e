import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from 'grammy';
import { editTo } from './edit-message.ts';
import { isRefusal, isShutOut, isUnchanged } from './refusals.ts';
import { withOrders } from './sending.ts';
import type { Sending } from './shelf.ts';

/** So many numbers after the last known one are tried. People's messages lie between, and edits count for the flood limit. */
const LOOKS = 20;
/** The first of them follow each other at once; then so many real milliseconds lie between two. */
const AT_ONCE = 5;
const PACE_MS = 300;

class KnownOtherwise extends Error {}

/**
 * Looks for a message whose send was cut off before its answer came: the Bot API can neither list messages nor send one
 * under a key of ours. It can edit by number: the very same content is "not modified" where it stands already.
 *
 * An edit that succeeds has changed another message of ours into the one that is looked for, so this must not go far
 * astray. It cannot: the number before was noted in the chat's own turn, so the first message of ours after it is the lost
 * one if it came at all. What this process has sent since and what stands on a shelf is left out; other people's messages
 * cannot be edited. What is left is a plain reply whose own answer was lost in the same moment: it would be
 * overwritten, and the question still stand just once.
 * @param isOther whether the message of that number is known to be something else.
 * @returns its number; undefined when it never came, or nothing is known to look from.
 */
export async function findLost(
  api: Api,
  sending: Sending,
  isOther: (message: number) => boolean,
): Promise<number | undefined> {
  const { chat, after } = sending;
  if (after === undefined) return undefined;
  for (let look = 1; look <= LOOKS; look++) {
    const message = after + look;
    if (look > AT_ONCE) await sleep(PACE_MS);
    const orders = withOrders(
      {
        urgency: 'question',
        before(seen) {
          if (seen.sent(message) || isOther(message)) throw new KnownOtherwise();
        },
      },
      {},
    );
    try {
      await editTo(api, { chat, message, form: sending.form }, sending.content, orders);
      return message;
    } catch (error) {
      if (isUnchanged(error)) return message;
      // Refused: no message, somebody else's, or one of another form. Where nothing may be written, nothing is learnt.
      const isAnother = error instanceof KnownOtherwise || (isRefusal(error) && !isShutOut(error));
      if (!isAnother) throw error;
    }
  }
  return undefined;
}
