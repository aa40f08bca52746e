import type { InlineButton, User } from '../model.ts';

/* Rich messages as the Bot API names their parts (core.telegram.org/bots/api#richmessage), but for media, maps, formulas,
   anchors, references and custom emoji, which this server refuses. */

export type RichText = string | readonly RichText[] | RichSpan;

export const STYLES = [
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'subscript',
  'superscript',
  'marked',
  'code',
] as const;

export type RichSpan =
  | { readonly type: (typeof STYLES)[number]; readonly text: RichText }
  | { readonly type: 'url'; readonly text: RichText; readonly url: string }
  | { readonly type: 'text_mention'; readonly text: RichText; readonly user: User }
  | { readonly type: 'mention'; readonly text: RichText; readonly username: string }
  | { readonly type: 'bot_command'; readonly text: RichText; readonly bot_command: string }
  | {
      readonly type: 'date_time';
      readonly text: RichText;
      readonly unix_time: number;
      readonly date_time_format: string;
    }
  | { readonly type: 'button'; readonly button: RichButton };

/** As under a message, and besides as a mere link. */
export type RichButton = Omit<InlineButton, 'style'> & {
  readonly style?: InlineButton['style'] | 'link';
};

export interface RichItem {
  readonly label: string;
  readonly blocks: readonly RichBlock[];
  readonly has_checkbox?: true;
  readonly is_checked?: true;
  readonly value?: number;
  readonly type?: 'a' | 'A' | 'i' | 'I' | '1';
}

export interface RichCell {
  /** A cell without text is not drawn. */
  readonly text?: RichText;
  readonly is_header?: true;
  readonly colspan?: number;
  readonly rowspan?: number;
  readonly align: 'left' | 'center' | 'right';
  readonly valign: 'top' | 'middle' | 'bottom';
}

export interface RichTable {
  readonly type: 'table';
  readonly cells: readonly (readonly RichCell[])[];
  readonly is_bordered?: true;
  readonly is_striped?: true;
  readonly is_compact?: true;
  readonly caption?: RichText;
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
  | RichTable
  | {
      readonly type: 'details';
      readonly summary: RichText;
      readonly blocks: readonly RichBlock[];
      readonly is_open?: true;
    }
  | {
      readonly type: 'buttons';
      readonly buttons: readonly RichButton[];
      readonly align?: 'left' | 'center' | 'right';
    };

export interface RichMessage {
  readonly blocks: readonly RichBlock[];
  readonly is_rtl?: true;
}
