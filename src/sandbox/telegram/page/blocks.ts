import { positionOf } from './chat.ts';
import type { Message } from './wire.ts';

/** Neighbouring messages that are drawn and laid out together. */
export interface Block {
  readonly key: number;
  readonly messages: readonly Message[];
  readonly before: Message | undefined;
  readonly after: Message | undefined;
}

/** Message ids per block: small enough to be drawn in a frame, large enough that blocks are few. */
const SIZE = 50;

/** Index of the first message of the block that holds `id`. */
export function blockStart(messages: readonly Message[], id: number): number {
  return positionOf(messages, Math.floor(id / SIZE) * SIZE);
}

/**
 * Cuts the messages from index `start` on into blocks of consecutive ids. A block in which nothing changed keeps its
 * object from `known`, so that a change costs the drawing of one block, however long the chat is.
 */
export function toBlocks(
  messages: readonly Message[],
  start: number,
  known: readonly Block[],
): readonly Block[] {
  const old = new Map(known.map((block) => [block.key, block]));
  const blocks: Block[] = [];
  for (let at = start; at < messages.length; ) {
    const key = Math.floor((messages[at]?.message_id ?? 0) / SIZE);
    const end = positionOf(messages, (key + 1) * SIZE);
    const block = { key, messages: messages.slice(at, end), before: messages[at - 1], after: messages[end] };
    const same = old.get(key);
    blocks.push(same !== undefined && sameBlock(same, block) ? same : block);
    at = end;
  }
  return blocks;
}

function sameBlock(a: Block, b: Block): boolean {
  return (
    a.before === b.before &&
    a.after === b.after &&
    a.messages.length === b.messages.length &&
    a.messages.every((message, i) => message === b.messages[i])
  );
}
