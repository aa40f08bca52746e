import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Chart, Plugin } from 'chart.js';
import type { ChartData } from './chart.ts';
import { COLOURS, FONT, SIZES, STROKES, WIDTH } from './chart-style.ts';
import type { Suspicion } from './suspicion.ts';

/**
 * What lies under the lines: paper, because Chart.js wipes the canvas and a chat's dark background would shine through;
 * the time before the change, shaded; and what is bad.
 */
export function paper(change: number, suspicion: Suspicion | undefined): Plugin<'line'> {
  return {
    id: 'paper',
    beforeDraw({ ctx, canvas, chartArea, scales }) {
      ctx.save();
      ctx.fillStyle = COLOURS.paper;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
      const x = scales.x?.getPixelForValue(change) ?? chartArea.left;
      ctx.fillStyle = COLOURS.before;
      if (x > chartArea.left)
        ctx.fillRect(chartArea.left, chartArea.top, x - chartArea.left, chartArea.height);
      const axis = scales.suspicion;
      if (suspicion && axis) {
        const y = axis.getPixelForValue(suspicion.bad);
        ctx.fillStyle = `${COLOURS.bad}26`;
        ctx.fillRect(x, axis.top, chartArea.right - x, y - axis.top);
      }
      ctx.restore();
    },
  };
}

const TITLES = [
  ['errors', 'Failed requests (5xx)'],
  ['latency', 'Latency, 95th percentile'],
  ['suspicion', 'The judge'],
] as const;

/** What lies over the lines: the change, the threshold, the panels' titles. */
export function marks({ change, suspicion }: ChartData): Plugin<'line'> {
  return {
    id: 'marks',
    afterDraw({ ctx, chartArea, scales }) {
      const { left, right, top, bottom } = chartArea;
      ctx.save();
      const x = scales.x?.getPixelForValue(0) ?? left;
      line(ctx, COLOURS.ink, 3, [], [x, top - 46], [x, bottom]);
      const axis = scales.suspicion;
      if (suspicion && axis) {
        const y = axis.getPixelForValue(suspicion.bad);
        line(ctx, COLOURS.bad, 3, [12, 8], [x, y], [right, y]);
      }
      ctx.fillStyle = COLOURS.ink;
      ctx.textBaseline = 'bottom';
      ctx.font = `bold ${SIZES.title}px "${FONT}"`;
      for (const [id, title] of TITLES) {
        const scale = scales[id];
        if (scale) ctx.fillText(title, left, scale.top - 10);
      }
      ctx.restore();
      drawChange(ctx, change.label, x, { left, right, top });
    },
  };
}

type Drawing = Chart['ctx'];

/** Beside the first panel's title, which it must not cover. */
function drawChange(
  ctx: Drawing,
  label: string,
  x: number,
  { left, right, top }: { left: number; right: number; top: number },
): void {
  ctx.save();
  ctx.font = `bold ${SIZES.title}px "${FONT}"`;
  const titleEnd = left + ctx.measureText(TITLES[0][1]).width + 24;
  ctx.font = `${SIZES.text}px "${FONT}"`;
  ctx.fillStyle = COLOURS.ink;
  ctx.textBaseline = 'bottom';
  const isLate = x + 10 + ctx.measureText(label).width > right;
  ctx.textAlign = isLate ? 'right' : 'left';
  ctx.fillText(label, isLate ? x - 10 : Math.max(x + 10, titleEnd), top - 10);
  ctx.restore();
}

type At = readonly [x: number, y: number];

function line(ctx: Drawing, colour: string, width: number, dash: number[], from: At, to: At): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(...from);
  ctx.lineTo(...to);
  ctx.stroke();
}

/** Title and legend, by hand: Chart.js would repeat each side for each panel. */
export function drawHead(context: SKRSContext2D, data: ChartData, length: number): void {
  context.textBaseline = 'alphabetic';
  context.fillStyle = COLOURS.ink;
  context.font = `bold ${SIZES.head}px "${FONT}"`;
  context.fillText(shorten(context, data.title, WIDTH - 48), 24, 46);
  context.font = `${SIZES.text}px "${FONT}"`;
  context.textAlign = 'right';
  context.fillStyle = COLOURS.faint;
  const zone = length === 1 ? 'UTC' : `each ${length} min, UTC`;
  context.fillText(zone, WIDTH - 30, 88);
  context.textAlign = 'left';
  context.fillStyle = COLOURS.ink;
  const room = (WIDTH - 54 - context.measureText(zone).width - 2 * 96) / 2;
  let x = 24;
  for (const arm of ['canary', 'baseline'] as const) {
    context.strokeStyle = COLOURS[arm];
    context.lineWidth = STROKES[arm].width;
    context.setLineDash([...STROKES[arm].dash]);
    context.beginPath();
    context.moveTo(x, 79);
    context.lineTo(x + 48, 79);
    context.stroke();
    const label = shorten(context, data[arm], room);
    context.fillText(label, x + 60, 88);
    x += 60 + context.measureText(label).width + 36;
  }
  context.setLineDash([]);
}

function shorten(context: SKRSContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
