import type { Entity, EntityType } from '../model.ts';

const SPLITTABLE: ReadonlySet<EntityType> = new Set([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
]);
const BLOCKQUOTES: ReadonlySet<EntityType> = new Set(['blockquote', 'expandable_blockquote']);

/** Among entities of the same place the lower stands outside (tdlib, MessageEntity::get_type_priority). */
const PRIORITY: Readonly<Record<EntityType, number>> = {
  blockquote: 0,
  expandable_blockquote: 0,
  pre: 10,
  code: 20,
  text_link: 49,
  text_mention: 49,
  mention: 50,
  bot_command: 50,
  url: 50,
  bold: 90,
  italic: 91,
  underline: 92,
  strikethrough: 93,
  spoiler: 94,
};

/**
 * Brings entities into the order and the nesting in which Telegram hands them out: links and code never overlap, nothing
 * stands inside code, and bold and the like are cut wherever another entity starts or ends in the middle of them.
 * @param found entities detected in the text; they give way to those that were given.
 */
export function arrange(given: readonly Entity[], found: readonly Entity[]): Entity[] {
  const quotes = withoutOverlaps(given.filter(({ type }) => BLOCKQUOTES.has(type)));
  const solid = withoutOverlaps(given.filter(({ type }) => !BLOCKQUOTES.has(type) && !SPLITTABLE.has(type)));
  const fresh = found.filter((entity) => !solid.some((other) => overlap(entity, other)));
  const whole = [...solid, ...fresh].filter((entity) => !quotes.some((quote) => crosses(entity, quote)));
  const splittable = given.filter(({ type }) => SPLITTABLE.has(type));
  return [...quotes, ...whole, ...split(splittable, [...quotes, ...whole])].sort(inOrder);
}

function inOrder(a: Entity, b: Entity): number {
  return a.offset - b.offset || b.length - a.length || PRIORITY[a.type] - PRIORITY[b.type];
}

function withoutOverlaps(entities: readonly Entity[]): Entity[] {
  let end = 0;
  return [...entities].sort(inOrder).filter((entity) => {
    if (entity.offset < end) return false;
    end = entity.offset + entity.length;
    return true;
  });
}

function overlap(a: Entity, b: Entity): boolean {
  return a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

/** Whether the entity is neither inside the quote nor apart from it. */
function crosses(entity: Entity, quote: Entity): boolean {
  const inside =
    entity.offset >= quote.offset && entity.offset + entity.length <= quote.offset + quote.length;
  return overlap(entity, quote) && !inside;
}

function split(splittable: readonly Entity[], others: readonly Entity[]): Entity[] {
  const merged = merge(splittable);
  const cuts = new Set(merged.map(({ offset }) => offset));
  for (const { offset, length } of others) cuts.add(offset).add(offset + length);
  const code = others.filter(({ type }) => type === 'code' || type === 'pre');
  return merged
    .flatMap((entity) => pieces(entity, cuts))
    .filter((piece) => !code.some((block) => overlap(piece, block)));
}

/** Entities of one type that touch or overlap become one. */
function merge(entities: readonly Entity[]): Entity[] {
  const merged: Entity[] = [];
  for (const type of SPLITTABLE) {
    for (const entity of entities.filter((one) => one.type === type).sort(inOrder)) {
      const last = merged.at(-1);
      if (last === undefined || last.type !== type || entity.offset > last.offset + last.length)
        merged.push(entity);
      else {
        const end = Math.max(last.offset + last.length, entity.offset + entity.length);
        merged[merged.length - 1] = { ...last, length: end - last.offset };
      }
    }
  }
  return merged;
}

function pieces(entity: Entity, cuts: ReadonlySet<number>): Entity[] {
  const end = entity.offset + entity.length;
  const inner = [...cuts].filter((cut) => cut > entity.offset && cut < end).sort((a, b) => a - b);
  const starts = [entity.offset, ...inner];
  return starts.map((start, index) => ({ ...entity, offset: start, length: (inner[index] ?? end) - start }));
}
