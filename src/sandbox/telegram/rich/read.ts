import { badRequest } from '../errors.ts';
import type { Params } from '../params.ts';
import { detectEntities } from '../text/detect.ts';
import type { WhoIs } from '../text/html.ts';
import { readBlocks, unreadable } from './blocks.ts';
import { blocksOfHtml } from './html.ts';
import { checkLimits } from './limits.ts';
import { htmlOfMarkdown } from './markdown.ts';
import type { RichBlock, RichMessage, RichSpan, RichText } from './model.ts';

const FORMS = ['blocks', 'html', 'markdown'] as const;

/**
 * `rich_message` of a call.
 * @throws ApiError for what cannot be read, is larger than Telegram takes, or is not modelled: media, maps, formulas,
 * anchors, references and custom emoji.
 */
export function readRichMessage(params: Params, whoIs: WhoIs): RichMessage {
  const value = params.json('rich_message', 'rich message');
  if (value === undefined) throw badRequest('rich_message is not specified');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable('InputRichMessage must be an Object');
  }
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const [form, ...more] = FORMS.filter((name) => fields[name] !== undefined);
  if (form === undefined || more.length > 0)
    throw unreadable(`exactly one of ${FORMS.join(', ')} must be used`);
  if (fields.media !== undefined) throw unreadable('the sandbox does not model media in rich messages');
  const blocks = readBlocks(inputOf(form, fields[form]), whoIs);
  checkLimits(blocks);
  const found = fields.skip_entity_detection === true ? blocks : blocks.map(withEntities);
  return { blocks: found, ...(fields.is_rtl === true ? { is_rtl: true } : {}) };
}

function inputOf(form: (typeof FORMS)[number], given: unknown): unknown {
  if (form === 'blocks') return given;
  if (typeof given !== 'string') throw unreadable(`Field "${form}" must be of type String`);
  return blocksOfHtml(form === 'html' ? given : htmlOfMarkdown(given));
}

/** Links, commands and mentions are found in what is said, not in code. */
function withEntities(block: RichBlock): RichBlock {
  switch (block.type) {
    case 'paragraph':
    case 'footer':
    case 'heading':
    case 'expandable_blockquote':
    case 'pullquote':
      return { ...block, text: detected(block.text) };
    case 'list':
      return {
        ...block,
        items: block.items.map((item) => ({ ...item, blocks: item.blocks.map(withEntities) })),
      };
    case 'blockquote':
    case 'details':
      return { ...block, blocks: block.blocks.map(withEntities) };
    case 'table': {
      const cells = block.cells.map((row) =>
        row.map((cell) => (cell.text === undefined ? cell : { ...cell, text: detected(cell.text) })),
      );
      return { ...block, cells };
    }
    default:
      return block;
  }
}

function detected(text: RichText): RichText {
  if (typeof text === 'string') return detectedIn(text);
  if (Array.isArray(text)) {
    return text.flatMap((part: RichText) => {
      const found = detected(part);
      return Array.isArray(found) ? found : [found];
    });
  }
  const span = text as RichSpan;
  const closed = ['code', 'url', 'text_mention', 'mention', 'bot_command', 'button'].includes(span.type);
  return closed || !('text' in span) ? span : { ...span, text: detected(span.text) };
}

function detectedIn(text: string): RichText {
  const parts: RichText[] = [];
  let at = 0;
  for (const { type, offset, length } of detectEntities(text)) {
    const found = text.slice(offset, offset + length);
    if (offset > at) parts.push(text.slice(at, offset));
    parts.push(
      type === 'url'
        ? { type: 'url', text: found, url: found }
        : type === 'mention'
          ? { type: 'mention', text: found, username: found.slice(1) }
          : { type: 'bot_command', text: found, bot_command: found },
    );
    at = offset + length;
  }
  if (parts.length === 0) return text;
  return at < text.length ? [...parts, text.slice(at)] : parts;
}
