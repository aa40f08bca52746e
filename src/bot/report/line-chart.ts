import { type Html, html } from '../html.ts';

export interface Line {
  readonly name: string;
  readonly side: 'canary' | 'baseline';
  /** `x` in milliseconds since the epoch, in order. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly unit: string;
  /** The axis reaches to this at least. */
  readonly top: number;
  readonly lines: readonly Line[];
}

/** In the units of the drawing; a phone shows about this many pixels. */
const SIZE = { width: 400, height: 190 };
const PLOT = { left: 52, right: 388, top: 30, bottom: 160 };

/** A small chart that is drawn by the browser itself; undefined where there is nothing to connect. */
export function lineChart({ title, unit, top, lines }: LineChart): Html | undefined {
  const points = lines.flatMap((line) => line.points);
  const from = Math.min(...points.map(({ x }) => x));
  const to = Math.max(...points.map(({ x }) => x));
  if (points.length < 2 || from === to) return undefined;
  const step = tick(Math.max(top, ...points.map(({ y }) => y)) / 3);
  const highest = step * Math.max(1, Math.ceil(Math.max(top, ...points.map(({ y }) => y)) / step));
  const place = { x: scale(from, to, PLOT.left, PLOT.right), y: scale(0, highest, PLOT.bottom, PLOT.top) };
  const ticks = Array.from({ length: Math.round(highest / step) + 1 }, (_, i) => i * step);
  const say = (value: number) => `${Number(value.toPrecision(3)).toLocaleString('en')} ${unit}`;
  const summary = lines
    .map(({ name, points: own }) => `${name} ${say(own.at(-1)?.y ?? 0)} at the end`)
    .join(', ');
  return html`<figure><figcaption>${title}</figcaption>
<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${title}: ${summary}">
${ticks.map((value) => html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(place.y(value))}" y2="${round(place.y(value))}"/><text x="${PLOT.left - 6}" y="${round(place.y(value) + 4)}" text-anchor="end">${say(value)}</text>`)}
<text x="${PLOT.left}" y="${SIZE.height - 10}">${clock(from)}</text>
<text x="${PLOT.right}" y="${SIZE.height - 10}" text-anchor="end">${clock(to)} UTC</text>
${lines.map((line) => html`<path class="${line.side}" d="${path(line, place)}"/>`)}
${legend(lines)}
</svg></figure>`;
}

interface Place {
  x(value: number): number;
  y(value: number): number;
}

function path({ points }: Line, place: Place): string {
  const moves = points.map(({ x, y }) => `${round(place.x(x))} ${round(place.y(y))}`);
  return moves.length > 0 ? `M${moves.join('L')}` : '';
}

function legend(lines: readonly Line[]): Html[] {
  return lines.map(({ name, side }, i) => {
    const x = PLOT.left + (i * (PLOT.right - PLOT.left)) / lines.length;
    return html`<text class="${side}" x="${round(x)}" y="16">${side === 'canary' ? '━' : '╍'} ${name.length > 20 ? `${name.slice(0, 19)}…` : name}</text>`;
  });
}

function scale(from: number, to: number, low: number, high: number): (value: number) => number {
  return (value) => low + ((value - from) / (to - from)) * (high - low);
}

/** 1, 2 or 5 times a power of ten, from `least` on. */
function tick(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function clock(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}
