import type { View } from '../../src/bot/buttons.ts';
import { buildData, parseData } from '../../src/bot/buttons.ts';

/** What people read: tags gone, entities resolved. Every tag must be one that Telegram knows, and be closed. */
export function textOf({ html }: View): string {
  const open: string[] = [];
  for (const [, end, name = ''] of html.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
    if (!TAGS.has(name)) throw new Error(`Telegram does not know <${name}>: ${html}`);
    if (!end) open.push(name);
    else if (open.pop() !== name) throw new Error(`</${name}> closes something else: ${html}`);
  }
  if (open.length > 0) throw new Error(`<${open.join('><')}> is not closed: ${html}`);
  const text = html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
  if (text.length > 4096)
    throw new Error(`Telegram takes 4,096 characters, this has ${text.length}: ${text.slice(0, 300)}`);
  return text;
}

const TAGS = new Set(['b', 'i', 'a', 'code', 'pre', 'blockquote']);

/** The words on the buttons. Each must find its way back through Telegram's 64 bytes. */
export function labelsOf({ buttons = [] }: View): string[] {
  return buttons.flat().map(({ text, press }) => {
    const data = buildData(press);
    if (Buffer.byteLength(data) > 64) throw new Error(`${data} is longer than 64 bytes.`);
    if (JSON.stringify(parseData(data)) !== JSON.stringify(press))
      throw new Error(`${data} is read as ${JSON.stringify(parseData(data))}.`);
    return text;
  });
}
