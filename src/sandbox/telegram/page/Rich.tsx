import type { ComponentChildren } from 'preact';
import type { Actions } from './actions.ts';
import { Button } from './Keyboard.tsx';
import { Link, Spoiler } from './RichText.tsx';
import { isList, type RichBlock, type RichCell, type RichText } from './richWire.ts';
import { stampOf } from './time.ts';
import type { Message } from './wire.ts';

interface Place {
  readonly message: Message;
  readonly actions: Actions;
}

/** The blocks of a rich message. */
export function Rich({ blocks, ...place }: Place & { readonly blocks: readonly RichBlock[] }) {
  return (
    <>
      {blocks.map((block, i) => (
        <Block key={i} block={block} {...place} />
      ))}
    </>
  );
}

function Block({ block, ...place }: Place & { readonly block: RichBlock }) {
  const draw = (text: RichText | undefined) => (text === undefined ? null : drawText(text, place));
  const cite = 'credit' in block && block.credit !== undefined && <cite>{draw(block.credit)}</cite>;
  switch (block.type) {
    case 'heading': {
      // The chat's own headings stand above those of a message.
      const Heading = `h${Math.min(6, block.size + 2)}` as 'h3';
      return (
        <Heading class="rich-heading" data-size={block.size}>
          {draw(block.text)}
        </Heading>
      );
    }
    case 'footer':
      return <p class="rich-footer">{draw(block.text)}</p>;
    case 'pre':
      return (
        <pre data-language={block.language}>
          <code>{draw(block.text)}</code>
        </pre>
      );
    case 'divider':
      return <hr />;
    case 'list':
      return (
        <ul class="rich-list">
          {block.items.map((item, i) => (
            <li key={i}>
              {item.has_checkbox === true ? (
                <input type="checkbox" checked={item.is_checked === true} disabled aria-label="Task" />
              ) : (
                <span class="rich-label">{item.label}</span>
              )}
              <div>
                <Rich blocks={item.blocks} {...place} />
              </div>
            </li>
          ))}
        </ul>
      );
    case 'blockquote':
      return (
        <blockquote>
          <Rich blocks={block.blocks} {...place} />
          {cite}
        </blockquote>
      );
    case 'expandable_blockquote':
      return (
        <details class="rich-quote">
          <summary>{draw(block.text)}</summary>
          {cite}
        </details>
      );
    case 'pullquote':
      return (
        <aside class="rich-pull">
          {draw(block.text)}
          {cite}
        </aside>
      );
    case 'table':
      return <Table table={block} {...place} />;
    case 'details':
      return (
        <details open={block.is_open === true}>
          <summary>{draw(block.summary)}</summary>
          <Rich blocks={block.blocks} {...place} />
        </details>
      );
    case 'buttons':
      return (
        <div class="rich-buttons" data-align={block.align ?? 'left'}>
          {block.buttons.map((button) => (
            <Button key={button.callback_data ?? button.text} button={button} {...place} />
          ))}
        </div>
      );
    default:
      return <p>{draw(block.text)}</p>;
  }
}

function Table({ table, ...place }: Place & { readonly table: Extract<RichBlock, { type: 'table' }> }) {
  const looks = [
    'rich-table',
    table.is_bordered && 'rich-bordered',
    table.is_striped && 'rich-striped',
    table.is_compact && 'rich-compact',
  ];
  return (
    <div class="rich-scroller">
      <table class={looks.filter(Boolean).join(' ')}>
        {table.caption !== undefined && <caption>{drawText(table.caption, place)}</caption>}
        <tbody>
          {table.cells.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <Cell key={j} cell={cell} {...place} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell, ...place }: Place & { readonly cell: RichCell }) {
  const Name = cell.is_header === true ? 'th' : 'td';
  return (
    <Name colSpan={cell.colspan} rowSpan={cell.rowspan} data-align={cell.align} data-valign={cell.valign}>
      {cell.text !== undefined && drawText(cell.text, place)}
    </Name>
  );
}

const TAGS: Readonly<Record<string, 'b' | 'i' | 'u' | 's' | 'sub' | 'sup' | 'mark' | 'code'>> = {
  bold: 'b',
  italic: 'i',
  underline: 'u',
  strikethrough: 's',
  subscript: 'sub',
  superscript: 'sup',
  marked: 'mark',
  code: 'code',
};

function drawText(text: RichText, place: Place, key = 0): ComponentChildren {
  if (typeof text === 'string') return text;
  if (isList(text)) return text.map((part, i) => drawText(part, place, i));
  if (text.button !== undefined) return <Button key={key} button={text.button} {...place} />;
  const children = drawText(text.text ?? '', place);
  const Tag = TAGS[text.type];
  if (Tag !== undefined) return <Tag key={key}>{children}</Tag>;
  switch (text.type) {
    case 'spoiler':
      return <Spoiler key={key}>{children}</Spoiler>;
    case 'url':
      return (
        <Link key={key} href={text.url}>
          {children}
        </Link>
      );
    case 'date_time':
      return (
        <time key={key} title={stampOf(text.unix_time ?? 0)}>
          {children}
        </time>
      );
    default:
      return (
        <span key={key} class="mention">
          {children}
        </span>
      );
  }
}
