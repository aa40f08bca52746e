import { unreadable } from './blocks.ts';

export interface Tag {
  readonly name: string;
  /** Those without a value are there as an empty one. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

export type Node = string | Tag;

const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
};
const VOID = new Set(['br', 'hr', 'input', 'img']);
const TOKEN =
  /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*(\/?)>|[^<]+|</gi;
const ATTRIBUTE = /([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

/** Reads HTML into a tree. @throws ApiError for tags that do not close as they open. */
export function parseTags(html: string): readonly Node[] {
  const root: Node[] = [];
  const open: { readonly tag: Tag; readonly children: Node[] }[] = [];
  const here = () => open.at(-1)?.children ?? root;
  for (const [token, slash, named, attributes = '', closed] of html.matchAll(TOKEN)) {
    const name = named?.toLowerCase();
    if (name === undefined) here().push(decode(token));
    else if (slash === '/') {
      const last = open.pop();
      if (last?.tag.name === name) continue;
      const expected = last === undefined ? 'none is open' : `expected "</${last.tag.name}>"`;
      throw unreadable(`unexpected end tag "</${name}>", ${expected}`);
    } else {
      const children: Node[] = [];
      const tag = { name, attributes: attributesOf(attributes), children };
      here().push(tag);
      if (closed !== '/' && !VOID.has(name)) open.push({ tag, children });
    }
  }
  const left = open.at(-1);
  if (left !== undefined) throw unreadable(`can't find the end tag of "<${left.tag.name}>"`);
  return root;
}

/** All text in nodes, as it stands. */
export function textIn(nodes: readonly Node[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : textIn(node.children))).join('');
}

function attributesOf(source: string): Record<string, string> {
  const found = [...source.matchAll(ATTRIBUTE)];
  return Object.fromEntries(
    found.map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      decode(double ?? single ?? bare ?? ''),
    ]),
  );
}

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = Number.parseInt(hex ?? decimal, hex === undefined ? 10 : 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
