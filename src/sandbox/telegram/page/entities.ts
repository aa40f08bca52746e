import type { Entity } from './wire.ts';

/** A piece of formatted text: plain characters, or an entity around more pieces. */
export type Piece = string | { readonly entity: Entity; readonly pieces: readonly Piece[] };

/**
 * Turns Telegram's flat list of entities into a tree. Offsets count UTF-16 code units. Entities of the server's are
 * nested properly; one that overlaps another all the same is cut in two at the border, so no format is lost.
 */
export function toPieces(text: string, entities: readonly Entity[] = []): readonly Piece[] {
  const inside = entities
    .map((e) => clip(e, 0, text.length))
    .filter((e) => e.length > 0)
    .toSorted(outermostFirst);
  return between(text, 0, text.length, inside);
}

/** The characters of a piece without their formats. */
export function plainText(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece.pieces.map(plainText).join('');
}

function between(text: string, start: number, end: number, entities: readonly Entity[]): readonly Piece[] {
  const pieces: Piece[] = [];
  const waiting = [...entities];
  let at = start;
  for (let entity = waiting.shift(); entity !== undefined; entity = waiting.shift()) {
    const stop = entity.offset + entity.length;
    if (entity.offset > at) pieces.push(text.slice(at, entity.offset));

    const inner: Entity[] = [];
    const later: Entity[] = [];
    for (const other of waiting) {
      if (other.offset >= stop) later.push(other);
      else {
        inner.push(clip(other, entity.offset, stop));
        const rest = clip(other, stop, end);
        if (rest.length > 0) later.push(rest);
      }
    }
    pieces.push({ entity, pieces: between(text, entity.offset, stop, inner) });
    waiting.splice(0, waiting.length, ...later.toSorted(outermostFirst));
    at = stop;
  }
  if (at < end) pieces.push(text.slice(at, end));
  return pieces;
}

function clip(entity: Entity, start: number, end: number): Entity {
  const offset = Math.max(entity.offset, start);
  const stop = Math.min(entity.offset + entity.length, end);
  return { ...entity, offset, length: Math.max(0, stop - offset) };
}

function outermostFirst(a: Entity, b: Entity): number {
  return a.offset - b.offset || b.length - a.length || depth(a) - depth(b);
}

/** Of two entities over the same characters, a block goes around and code goes inside. */
function depth(entity: Entity): number {
  if (entity.type.endsWith('blockquote')) return 0;
  return entity.type === 'code' || entity.type === 'pre' ? 2 : 1;
}
