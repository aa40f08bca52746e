/** Where a piece that is finished stands until the end: nothing else looks like it. */
const HELD = /\ue000(\d+)\ue000/g;

/** What stands within a line of rich Markdown, as HTML. */
export function inlineHtml(markdown: string): string {
  const held: string[] = [];
  const hold = (html: string) => `\ue000${held.push(html) - 1}\ue000`;
  const html = markdown
    .replaceAll('\ue000', '')
    .replace(/(`+)([\s\S]*?[^`])\1(?!`)/g, (_, __, code: string) =>
      hold(`<code>${escaped(code.trim())}</code>`),
    )
    .replace(/\\([!-/:-@[-`{-~])/g, (_, char: string) => hold(escaped(char)))
    .replace(/<\/?[a-z][^>]*>/gi, (tag) => hold(tag))
    .replace(/!\[([^\]]*)\]\(tg:\/\/time\?([^)\s]+)\)/g, (_, text: string, query: string) => {
      const { unix = '', format = '' } = Object.fromEntries(new URLSearchParams(query));
      return `${hold(`<tg-time unix="${attribute(unix)}" format="${attribute(format)}">`)}${text}${hold('</tg-time>')}`;
    })
    .replace(/!\[([^\]]*)\]\(([^)\s]+)[^)]*\)/g, (_, __, url: string) =>
      hold(`<img src="${attribute(url)}">`),
    )
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, text: string, url: string) => {
      return `${hold(`<a href="${attribute(url)}">`)}${text}${hold('</a>')}`;
    });
  return restored(styled(html), held);
}

/** Longest marks first; those inside a word, such as in snake_case, mark nothing. */
function styled(text: string): string {
  return text
    .replace(/\*\*(?=\S)([\s\S]*?\S)\*\*/g, '<b>$1</b>')
    .replace(/(?<!\w)__(?=\S)([\s\S]*?\S)__(?!\w)/g, '<b>$1</b>')
    .replace(/\*(?=\S)([\s\S]*?\S)\*/g, '<i>$1</i>')
    .replace(/(?<!\w)_(?=\S)([\s\S]*?\S)_(?!\w)/g, '<i>$1</i>')
    .replace(/~~(?=\S)([\s\S]*?\S)~~/g, '<s>$1</s>')
    .replace(/==(?=\S)([\s\S]*?\S)==/g, '<mark>$1</mark>')
    .replace(/\|\|(?=\S)([\s\S]*?\S)\|\|/g, '<tg-spoiler>$1</tg-spoiler>');
}

/** A held piece may hold others. */
function restored(text: string, held: readonly string[]): string {
  const once = text.replace(HELD, (_, index: string) => held[Number(index)] ?? '');
  return once === text ? text : restored(once, held);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(text: string): string {
  return escaped(text).replaceAll('"', '&quot;');
}
