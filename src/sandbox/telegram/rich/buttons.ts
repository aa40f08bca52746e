import type { RichBlock, RichButton, RichText } from './model.ts';

/** Every button in blocks, in the order in which they are shown. */
export function buttonsIn(blocks: readonly RichBlock[]): RichButton[] {
  return blocks.flatMap((block): RichButton[] => {
    switch (block.type) {
      case 'divider':
        return [];
      case 'buttons':
        return [...block.buttons];
      case 'list':
        return block.items.flatMap((item) => buttonsIn(item.blocks));
      case 'table':
        return block.cells.flat().flatMap(({ text }) => (text === undefined ? [] : buttonsInText(text)));
      case 'details':
        return [...buttonsInText(block.summary), ...buttonsIn(block.blocks)];
      case 'blockquote':
        return buttonsIn(block.blocks);
      default:
        return buttonsInText(block.text);
    }
  });
}

function buttonsInText(text: RichText): RichButton[] {
  if (typeof text === 'string') return [];
  if (Array.isArray(text)) return text.flatMap((part: RichText) => buttonsInText(part));
  if ('button' in text) return [text.button];
  return 'text' in text ? buttonsInText(text.text) : [];
}
