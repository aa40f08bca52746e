import type { InlineButton } from './wire.ts';

/** The parts of a rich message, as the Bot API names them. */
export type RichText = string | readonly RichText[] | RichSpan;

export interface RichSpan {
  readonly type: string;
  readonly text?: RichText;
  readonly url?: string;
  readonly unix_time?: number;
  readonly date_time_format?: string;
  readonly button?: RichButton;
}

export type RichButton = Omit<InlineButton, 'style'> & { readonly style?: InlineButton['style'] | 'link' };

export interface RichItem {
  readonly label: string;
  readonly blocks: readonly RichBlock[];
  readonly has_checkbox?: boolean;
  readonly is_checked?: boolean;
}

export interface RichCell {
  readonly text?: RichText;
  readonly is_header?: boolean;
  readonly colspan?: number;
  readonly rowspan?: number;
  readonly align: string;
  readonly valign: string;
}

export type RichBlock =
  | { readonly type: 'paragraph' | 'footer'; readonly text: RichText }
  | { readonly type: 'heading'; readonly text: RichText; readonly size: 1 | 2 | 3 | 4 | 5 | 6 }
  | { readonly type: 'pre'; readonly text: RichText; readonly language?: string }
  | { readonly type: 'divider' }
  | { readonly type: 'list'; readonly items: readonly RichItem[] }
  | { readonly type: 'blockquote'; readonly blocks: readonly RichBlock[]; readonly credit?: RichText }
  | {
      readonly type: 'expandable_blockquote' | 'pullquote';
      readonly text: RichText;
      readonly credit?: RichText;
    }
  | {
      readonly type: 'table';
      readonly cells: readonly (readonly RichCell[])[];
      readonly is_bordered?: boolean;
      readonly is_striped?: boolean;
      readonly is_compact?: boolean;
      readonly caption?: RichText;
    }
  | {
      readonly type: 'details';
      readonly summary: RichText;
      readonly blocks: readonly RichBlock[];
      readonly is_open?: boolean;
    }
  | { readonly type: 'buttons'; readonly buttons: readonly RichButton[]; readonly align?: string };

export interface RichMessage {
  readonly blocks: readonly RichBlock[];
  readonly is_rtl?: boolean;
}

/** The words of a rich message, for a line that stands for it. */
export function wordsOf(blocks: readonly RichBlock[]): string {
  return blocks.map(wordsOfBlock).filter(Boolean).join(' ');
}

function wordsOfBlock(block: RichBlock): string {
  switch (block.type) {
    case 'divider':
    case 'buttons':
      return '';
    case 'list':
      return block.items.map((item) => wordsOf(item.blocks)).join(' ');
    case 'table':
      return block.cells.map((row) => row.map((cell) => wordsOfText(cell.text ?? '')).join(' ')).join(' ');
    case 'details':
      return wordsOfText(block.summary);
    case 'blockquote':
      return wordsOf(block.blocks);
    default:
      return wordsOfText(block.text);
  }
}

function wordsOfText(text: RichText): string {
  if (typeof text === 'string') return text;
  if (isList(text)) return text.map(wordsOfText).join('');
  return wordsOfText(text.text ?? text.button?.text ?? '');
}

/** Arrays that cannot be written to are not told apart by Array.isArray. */
export function isList(text: RichText): text is readonly RichText[] {
  return Array.isArray(text);
}
