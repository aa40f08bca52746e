import { badRequest } from '../errors.ts';
import { inlineButton } from '../keyboard.ts';
import { checkedLink } from '../links.ts';
import type { WhoIs } from '../text/html.ts';
import { labelOf } from './labels.ts';
import type { RichBlock, RichButton, RichCell, RichItem, RichSpan, RichText } from './model.ts';
import { STYLES } from './model.ts';

/** InputRichBlockButtons, buttons. */
const MAX_BUTTONS = 8;

type Fields = Readonly<Record<string, unknown>>;

/** What `blocks` of an InputRichMessage holds, checked. @throws ApiError naming what is wrong. */
export function readBlocks(value: unknown, whoIs: WhoIs): RichBlock[] {
  return listOf(value, 'blocks').map((one) => readBlock(fieldsOf(one, 'RichBlock'), whoIs));
}

function readBlock(block: Fields, whoIs: WhoIs): RichBlock {
  const text = (name: string) => readText(block[name], whoIs);
  const credit = block.credit === undefined ? {} : { credit: text('credit') };
  switch (block.type) {
    case 'paragraph':
    case 'footer':
      return { type: block.type, text: text('text') };
    case 'heading':
      return { type: 'heading', text: text('text'), size: oneOf([1, 2, 3, 4, 5, 6], block.size, 'size') };
    case 'pre': {
      const language = typeof block.language === 'string' ? { language: block.language } : {};
      return { type: 'pre', text: text('text'), ...language };
    }
    case 'divider':
      return { type: 'divider' };
    case 'list':
      return { type: 'list', items: listOf(block.items, 'items').map((one) => readItem(one, whoIs)) };
    case 'blockquote':
      return { type: 'blockquote', blocks: readBlocks(block.blocks, whoIs), ...credit };
    case 'expandable_blockquote':
    case 'pullquote':
      return { type: block.type, text: text('text'), ...credit };
    case 'table':
      return {
        type: 'table',
        cells: listOf(block.cells, 'cells').map((row) =>
          listOf(row, 'cells').map((one) => readCell(fieldsOf(one, 'RichBlockTableCell'), whoIs)),
        ),
        ...flags(block, ['is_bordered', 'is_striped', 'is_compact']),
        ...(block.caption === undefined ? {} : { caption: text('caption') }),
      };
    case 'details': {
      const blocks = readBlocks(block.blocks, whoIs);
      return { type: 'details', summary: text('summary'), blocks, ...flags(block, ['is_open']) };
    }
    case 'buttons': {
      const buttons = listOf(block.buttons, 'buttons').map((one) => readButton(one, whoIs));
      if (buttons.length < 1 || buttons.length > MAX_BUTTONS) {
        throw unreadable(`expected 1 to ${MAX_BUTTONS} buttons in a row, got ${buttons.length}`);
      }
      const align = block.align === undefined ? {} : { align: oneOf(ALIGN, block.align, 'align') };
      return { type: 'buttons', buttons, ...align };
    }
    default:
      throw unreadable(`the sandbox does not model blocks of type "${String(block.type)}"`);
  }
}

const ALIGN = ['left', 'center', 'right'] as const;

function readItem(value: unknown, whoIs: WhoIs): RichItem {
  const item = fieldsOf(value, 'RichBlockListItem');
  const type = item.type === undefined ? undefined : oneOf(['a', 'A', 'i', 'I', '1'], item.type, 'type');
  const number = typeof item.value === 'number' ? item.value : undefined;
  return {
    label: labelOf(number, type),
    blocks: readBlocks(item.blocks, whoIs),
    ...flags(item, ['has_checkbox', 'is_checked']),
    ...(number === undefined ? {} : { value: number }),
    ...(type === undefined ? {} : { type }),
  };
}

function readCell(cell: Fields, whoIs: WhoIs): RichCell {
  const span = (name: 'colspan' | 'rowspan') => {
    const value = cell[name];
    if (value === undefined || value === 1) return {};
    if (Number.isInteger(value) && Number(value) > 1) return { [name]: Number(value) };
    throw unreadable(`expected a whole number above 0 as ${name}, got ${JSON.stringify(value)}`);
  };
  return {
    ...(cell.text === undefined ? {} : { text: readText(cell.text, whoIs) }),
    ...flags(cell, ['is_header']),
    ...span('colspan'),
    ...span('rowspan'),
    align: oneOf(ALIGN, cell.align ?? 'left', 'align'),
    valign: oneOf(['top', 'middle', 'bottom'], cell.valign ?? 'top', 'valign'),
  };
}

function readText(value: unknown, whoIs: WhoIs): RichText {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((one) => readText(one, whoIs));
  return readSpan(fieldsOf(value, 'RichText'), whoIs);
}

function readSpan(span: Fields, whoIs: WhoIs): RichSpan {
  const { type } = span;
  const style = STYLES.find((one) => one === type);
  if (style !== undefined) return { type: style, text: readText(span.text, whoIs) };
  switch (type) {
    case 'url':
      return { type, text: readText(span.text, whoIs), url: linkOf(span.url) };
    case 'text_mention': {
      const user = whoIs(Number(fieldsOf(span.user, 'User').id));
      if (user === undefined) throw unreadable('user not found');
      return { type, text: readText(span.text, whoIs), user };
    }
    case 'mention':
      return { type, text: readText(span.text, whoIs), username: String(span.username) };
    case 'bot_command':
      return { type, text: readText(span.text, whoIs), bot_command: String(span.bot_command) };
    case 'date_time': {
      const format = String(span.date_time_format ?? '');
      if (!Number.isInteger(span.unix_time)) throw unreadable('expected a whole number as unix_time');
      if (!/^(r|w?[dD]?[tT]?)$/.test(format)) throw unreadable(`unknown date_time_format "${format}"`);
      const at = { unix_time: Number(span.unix_time), date_time_format: format };
      return { type, text: readText(span.text, whoIs), ...at };
    }
    case 'button':
      return { type, button: readButton(span.button, whoIs) };
    default:
      throw unreadable(`the sandbox does not model texts of type "${String(type)}"`);
  }
}

/** Its text is plain here; custom emoji and dates in it are not modelled. */
function readButton(value: unknown, whoIs: WhoIs): RichButton {
  const { style, ...rest } = fieldsOf(value, 'RichMessageButton');
  const text = readText(rest.text, whoIs);
  if (typeof text !== 'string') throw unreadable('the sandbox models plain texts of buttons only');
  if (style !== 'link') return inlineButton({ ...rest, style });
  const button = inlineButton(rest);
  if (button.callback_data === undefined) throw unreadable('the style "link" is for callback buttons only');
  return { ...button, style };
}

function linkOf(value: unknown): string {
  const checked = checkedLink(String(value ?? ''));
  if (checked.ok) return checked.link;
  throw unreadable(`URL '${String(value)}' is invalid: ${checked.reason}`);
}

function flags<Name extends string>(fields: Fields, names: readonly Name[]): Partial<Record<Name, true>> {
  const set: Partial<Record<Name, true>> = {};
  for (const name of names) if (fields[name] === true) set[name] = true;
  return set;
}

function oneOf<const T>(allowed: readonly T[], value: unknown, name: string): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw unreadable(
    `expected one of ${allowed.join(', ')} as ${name}, got ${JSON.stringify(value) ?? 'none'}`,
  );
}

function listOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw unreadable(`expected an Array as ${name}`);
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw unreadable(`${name} must be an Object`);
}

/** The real server's words for these are not known. */
export function unreadable(reason: string) {
  return badRequest(`can't parse rich message: ${reason}`);
}
