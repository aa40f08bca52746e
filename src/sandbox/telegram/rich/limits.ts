import { badRequest } from '../errors.ts';
import { characters } from '../text/formatted.ts';
import type { RichBlock, RichText } from './model.ts';

/** core.telegram.org/bots/api#rich-message-limits. */
const MAX_CHARACTERS = 32_768;
const MAX_BLOCKS = 500;
const MAX_LEVELS = 16;
const MAX_COLUMNS = 20;

interface Measure {
  text: string;
  blocks: number;
  levels: number;
}

/** The text of blocks, one line for each text in them. */
export function plainTextOf(blocks: readonly RichBlock[]): string {
  return measure(blocks).text.trimEnd();
}

/**
 * Blocks count with all that is nested in them, items of lists and rows of tables included.
 * @throws ApiError for what is larger than Telegram takes; its own words are not known.
 */
export function checkLimits(blocks: readonly RichBlock[]): void {
  const { text, blocks: count, levels } = measure(blocks);
  const length = characters(text.replaceAll('\n', ''));
  if (text.trim() === '') throw badRequest('rich message must be non-empty');
  tooMany('characters', length, MAX_CHARACTERS);
  tooMany('blocks', count, MAX_BLOCKS);
  tooMany('levels', levels, MAX_LEVELS);
}

function tooMany(what: string, count: number, most: number): void {
  if (count > most)
    throw badRequest(`rich message is too long: ${count} ${what}, at most ${most} are allowed`);
}

function measure(blocks: readonly RichBlock[]): Measure {
  const total: Measure = { text: '', blocks: 0, levels: 0 };
  for (const block of blocks) addBlock(total, block, 1);
  return total;
}

function addBlock(total: Measure, block: RichBlock, level: number): void {
  total.blocks++;
  total.levels = Math.max(total.levels, level);
  const line = (text: RichText | undefined) => {
    if (text === undefined) return;
    addText(total, text, level);
    total.text += '\n';
  };
  const nested = (blocks: readonly RichBlock[], deeper: number) => {
    for (const inner of blocks) addBlock(total, inner, level + deeper);
  };
  switch (block.type) {
    case 'divider':
      // Something to see, though it says nothing.
      total.text += '―\n';
      return;
    case 'list':
      total.blocks += block.items.length;
      for (const item of block.items) nested(item.blocks, 2);
      return;
    case 'table':
      addTable(total, block.cells, line);
      line(block.caption);
      return;
    case 'details':
      line(block.summary);
      nested(block.blocks, 1);
      return;
    case 'blockquote':
      nested(block.blocks, 1);
      line(block.credit);
      return;
    case 'buttons':
      for (const { text } of block.buttons) line(text);
      return;
    case 'expandable_blockquote':
    case 'pullquote':
      line(block.text);
      line(block.credit);
      return;
    default:
      line(block.text);
  }
}

function addTable(
  total: Measure,
  rows: readonly (readonly { readonly text?: RichText; readonly colspan?: number }[])[],
  line: (text: RichText | undefined) => void,
): void {
  total.blocks += rows.length;
  for (const row of rows) {
    tooMany(
      'columns',
      row.reduce((sum, { colspan = 1 }) => sum + colspan, 0),
      MAX_COLUMNS,
    );
    for (const { text } of row) line(text);
  }
}

function addText(total: Measure, text: RichText, level: number): void {
  total.levels = Math.max(total.levels, level);
  if (typeof text === 'string') total.text += text;
  else if (Array.isArray(text)) for (const part of text) addText(total, part, level);
  else if ('button' in text) total.text += text.button.text;
  else if ('text' in text) addText(total, text.text, level + 1);
}
