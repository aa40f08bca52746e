import { unreadable } from './blocks.ts';
import { type Node, parseTags, type Tag, textIn } from './tags.ts';

/** As `blocks` of an InputRichMessage would have them, still to be checked. */
type Input = Readonly<Record<string, unknown>>;
type InputText = string | readonly (string | Input)[];

const STYLE: Readonly<Record<string, string>> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  code: 'code',
  mark: 'marked',
  sub: 'subscript',
  sup: 'superscript',
  'tg-spoiler': 'spoiler',
};
const INLINE = new Set([...Object.keys(STYLE), 'a', 'br', 'tg-time', 'tg-button']);

/** Reads rich HTML (core.telegram.org/bots/api#rich-html-style). @throws ApiError for tags that are not modelled. */
export function blocksOfHtml(html: string): Input[] {
  return blocksIn(parseTags(html));
}

function blocksIn(nodes: readonly Node[]): Input[] {
  const blocks: Input[] = [];
  let run: Node[] = [];
  const flush = () => {
    const text = inline(run);
    if (text !== '') blocks.push({ type: 'paragraph', text });
    run = [];
  };
  for (const node of nodes) {
    if (typeof node === 'string' || INLINE.has(node.name)) run.push(node);
    else {
      flush();
      blocks.push(blockOf(node));
    }
  }
  flush();
  return blocks;
}

function blockOf(tag: Tag): Input {
  const { name, attributes, children } = tag;
  const heading = /^h([1-6])$/.exec(name)?.[1];
  if (heading !== undefined) return { type: 'heading', text: inline(children), size: Number(heading) };
  switch (name) {
    case 'p':
      return { type: 'paragraph', text: inline(children) };
    case 'footer':
      return { type: 'footer', text: inline(children) };
    case 'hr':
      return { type: 'divider' };
    case 'pre':
      return preformatted(children);
    case 'ul':
    case 'ol':
      return { type: 'list', items: itemsIn(tag) };
    case 'blockquote': {
      const [credit, rest] = without('cite', children);
      if ('expandable' in attributes)
        return { type: 'expandable_blockquote', text: inline(rest), ...credited(credit) };
      return { type: 'blockquote', blocks: blocksIn(rest), ...credited(credit) };
    }
    case 'aside': {
      const [credit, rest] = without('cite', children);
      return { type: 'pullquote', text: inline(rest), ...credited(credit) };
    }
    case 'details': {
      const [summary, rest] = without('summary', children);
      const open = 'open' in attributes ? { is_open: true } : {};
      return { type: 'details', summary: inline(summary?.children ?? []), blocks: blocksIn(rest), ...open };
    }
    case 'table':
      return tableOf(tag);
    case 'tg-button-row': {
      const align = attributes.align === undefined ? {} : { align: attributes.align };
      return { type: 'buttons', buttons: tagsIn(children, 'tg-button').map(buttonOf), ...align };
    }
    default:
      throw unreadable(`the sandbox does not model the tag "${name}"`);
  }
}

function credited(cite: Tag | undefined): Input {
  return cite === undefined ? {} : { credit: inline(cite.children) };
}

function preformatted(children: readonly Node[]): Input {
  const [only] = children;
  const inner = typeof only === 'object' && only.name === 'code' && children.length === 1 ? only : undefined;
  const language = /\blanguage-(\S+)/.exec(inner?.attributes.class ?? '')?.[1];
  const text = textIn(children).replace(/^\n/, '').trimEnd();
  return { type: 'pre', text, ...(language === undefined ? {} : { language }) };
}

function itemsIn({ name, attributes, children }: Tag): Input[] {
  const items = tagsIn(children, 'li');
  const step = 'reversed' in attributes ? -1 : 1;
  let next = Number(attributes.start ?? (step < 0 ? items.length : 1));
  return items.map((item) => {
    const [box, rest] = without('input', item.children);
    const checkbox = box?.attributes.type === 'checkbox';
    const value = Number(item.attributes.value ?? next);
    next = value + step;
    const type = item.attributes.type ?? attributes.type;
    return {
      blocks: blocksIn(rest),
      ...(checkbox ? { has_checkbox: true } : {}),
      ...(checkbox && 'checked' in box.attributes ? { is_checked: true } : {}),
      ...(name === 'ol' ? { value, ...(type === undefined ? {} : { type }) } : {}),
    };
  });
}

function tableOf({ attributes, children }: Tag): Input {
  const [caption, rest] = without('caption', children);
  const flags = ['bordered', 'striped', 'compact'].filter((name) => name in attributes);
  return {
    type: 'table',
    cells: tagsIn(rest, 'tr').map((row) =>
      tagsIn(row.children, 'td', 'th').map((cell) => ({
        text: inline(cell.children),
        ...(cell.name === 'th' ? { is_header: true } : {}),
        ...Object.fromEntries(
          ['colspan', 'rowspan'].flatMap((name) =>
            cell.attributes[name] === undefined ? [] : [[name, Number(cell.attributes[name])]],
          ),
        ),
        ...(cell.attributes.align === undefined ? {} : { align: cell.attributes.align }),
        ...(cell.attributes.valign === undefined ? {} : { valign: cell.attributes.valign }),
      })),
    ),
    ...Object.fromEntries(flags.map((name) => [`is_${name}`, true])),
    ...(caption === undefined ? {} : { caption: inline(caption.children) }),
  };
}

function buttonOf({ attributes, children }: Tag): Input {
  const { type, style, url, data, text } = attributes;
  const kinds: Readonly<Record<string, Input>> = {
    url: { url },
    callback_data: { callback_data: data },
    copy_text: { copy_text: { text } },
    disabled: { disabled: {} },
  };
  const kind = kinds[type ?? ''];
  if (kind === undefined) throw unreadable(`the sandbox does not model buttons of type "${type ?? ''}"`);
  return { text: textIn(children).trim(), ...(style === undefined ? {} : { style }), ...kind };
}

/** Line breaks and runs of spaces in the source are one space; a text has none around it. */
function inline(nodes: readonly Node[]): InputText {
  const parts = spansIn(nodes).map((part, index, all) => {
    if (typeof part !== 'string') return part;
    const begun = index === 0 ? part.replace(/^ +/, '') : part;
    return index === all.length - 1 ? begun.replace(/ +$/, '') : begun;
  });
  const kept = parts.filter((part) => part !== '');
  const [only] = kept;
  if (kept.length > 1) return kept;
  return only === undefined ? '' : typeof only === 'string' ? only : [only];
}

function spansIn(nodes: readonly Node[]): (string | Input)[] {
  const parts: (string | Input)[] = [];
  for (const node of nodes) {
    const part = typeof node === 'string' ? node.replace(/[ \t\r\n]+/g, ' ') : spanOf(node);
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else parts.push(part);
  }
  return parts.map((part) => (typeof part === 'string' ? part.replace(/ ?\n ?/g, '\n') : part));
}

function spanOf(tag: Tag): string | Input {
  const { name, attributes, children } = tag;
  if (name === 'br') return '\n';
  if (name === 'tg-button') return { type: 'button', button: buttonOf(tag) };
  const style = STYLE[name];
  if (style === 'code') return { type: 'code', text: textIn(children) };
  if (style !== undefined) return { type: style, text: spansIn(children) };
  if (name === 'tg-time') {
    const at = { unix_time: Number(attributes.unix), date_time_format: attributes.format ?? '' };
    return { type: 'date_time', text: spansIn(children), ...at };
  }
  if (name !== 'a') throw unreadable(`the tag "${name}" can't stand inside a text`);
  const person = /^tg:\/\/user\?id=(\d+)$/i.exec(attributes.href ?? '')?.[1];
  if (person !== undefined)
    return { type: 'text_mention', text: spansIn(children), user: { id: Number(person) } };
  if (attributes.href === undefined) throw unreadable('the sandbox does not model anchors');
  return { type: 'url', text: spansIn(children), url: attributes.href };
}

/** The first tag of that name, and the nodes besides it. */
function without(name: string, nodes: readonly Node[]): readonly [Tag | undefined, readonly Node[]] {
  const found = nodes.find((node): node is Tag => typeof node === 'object' && node.name === name);
  return [found, nodes.filter((node) => node !== found)];
}

/** The tags of those names. @throws ApiError where anything but space stands beside them. */
function tagsIn(nodes: readonly Node[], ...names: readonly string[]): Tag[] {
  const tags = nodes.filter((node): node is Tag => typeof node === 'object');
  const stray = nodes.find((node) =>
    typeof node === 'string' ? node.trim() !== '' : !names.includes(node.name),
  );
  if (stray === undefined) return tags;
  const found = typeof stray === 'string' ? `"${stray.trim()}"` : `the tag "${stray.name}"`;
  throw unreadable(`expected ${names.join(' or ')}, got ${found}`);
}
