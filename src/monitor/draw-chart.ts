import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import {
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  type ChartItem,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
} from 'chart.js';
import type { ChartData } from './chart.ts';
import { quantile } from './histogram.ts';
import { MINUTE_MS, type Point } from './points.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, CategoryScale);

const WIDTH = 1000;
const HEIGHT = 560;
const FONT = 'DejaVu Sans';
const COLOURS = {
  canary: '#0b7fab',
  baseline: '#8a94a0',
  ink: '#1f2933',
  faint: '#5f6b7a',
  grid: '#e4e8ed',
  paper: '#ffffff',
};

/** Machines without fonts are common where bots run, so the chart brings its own. */
function registerFonts(): void {
  if (GlobalFonts.has(FONT)) return;
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json')),
    'ttf',
  );
  for (const file of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'])
    GlobalFonts.registerFromPath(join(folder, file), FONT);
}

export async function draw(data: ChartData): Promise<Buffer> {
  registerFonts();
  const canvas = createCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d');
  // Chart.js asks for the browser's context; this one draws the same, and lacks only what belongs to a page.
  const chart = new Chart(context as unknown as ChartItem, configuration(data));
  drawHead(context, data);
  const png = await canvas.encode('png');
  // Afterwards, because it empties the canvas.
  chart.destroy();
  return png;
}

type Place = { readonly x: number; readonly y: number | null };

function configuration(data: ChartData): ChartConfiguration<'line', Place[]> {
  const minutes = Math.max(1, Math.round((data.to - data.from) / MINUTE_MS));
  const line = (
    arm: Point['arm'],
    axis: string,
    value: (p: Point) => number | undefined,
  ): ChartDataset<'line', Place[]> => ({
    data: series(data, arm, minutes, value),
    yAxisID: axis,
    borderColor: COLOURS[arm],
    backgroundColor: COLOURS[arm],
    borderWidth: arm === 'canary' ? 4 : 3,
    borderDash: arm === 'canary' ? [] : [9, 6],
    pointRadius: minutes > 60 ? 0 : arm === 'canary' ? 3.5 : 0,
    tension: 0,
    spanGaps: false,
  });
  const rate = (p: Point) => (100 * p.errors) / p.requests;
  const p95 = (p: Point) => quantile(p.latency, 0.95);
  const font = { family: FONT, size: 18 };
  const axis = (unit: string, suggestedMax: number, weight: number) => ({
    type: 'linear' as const,
    stack: 'panels',
    stackWeight: weight,
    offset: true,
    min: 0,
    suggestedMax,
    grace: '8%',
    grid: { color: COLOURS.grid, drawTicks: false },
    border: { display: false },
    ticks: {
      color: COLOURS.faint,
      font,
      padding: 10,
      maxTicksLimit: 5,
      callback: (value: string | number) => `${Number(value).toLocaleString('en')} ${unit}`,
    },
  });
  return {
    type: 'line',
    data: {
      datasets: [
        line('baseline', 'errors', rate),
        line('canary', 'errors', rate),
        line('baseline', 'latency', p95),
        line('canary', 'latency', p95),
      ],
    },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      layout: { padding: { top: 104, right: 28, bottom: 14, left: 14 } },
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: minutes,
          grid: { color: COLOURS.grid, drawTicks: false },
          border: { display: false },
          ticks: {
            color: COLOURS.faint,
            font,
            padding: 8,
            stepSize: stepOf(minutes),
            maxRotation: 0,
            callback: (value) => clockTime(data.from + Number(value) * MINUTE_MS),
          },
        },
        // Stacked axes are laid out from the bottom up.
        latency: axis('ms', 10, 1),
        errors: axis('%', 1, 1),
      },
    },
    plugins: [paper, panelTitles],
  };
}

/** One place per minute, in its middle; a minute without requests is a gap and not a zero. */
function series(
  data: ChartData,
  arm: Point['arm'],
  minutes: number,
  value: (p: Point) => number | undefined,
): Place[] {
  const byMinute = new Map(data.points.filter((p) => p.arm === arm).map((p) => [p.minute, p]));
  return Array.from({ length: minutes }, (_, i) => {
    const point = byMinute.get(data.from + i * MINUTE_MS);
    return { x: i + 0.5, y: (point && value(point)) ?? null };
  });
}

function stepOf(minutes: number): number {
  return [1, 2, 5, 10, 15, 30, 60, 120].find((step) => minutes / step <= 7) ?? 240;
}

/** People of one team sit in several time zones; what the figures carry is UTC. */
function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** Chart.js wipes the canvas before it draws, and a chat's dark background would shine through. */
const paper: Plugin<'line'> = {
  id: 'paper',
  beforeDraw({ ctx }) {
    ctx.save();
    ctx.fillStyle = COLOURS.paper;
    ctx.fillRect(0, 0, WIDTH, HEIGHT);
    ctx.restore();
  },
};

const panelTitles: Plugin<'line'> = {
  id: 'panel-titles',
  afterDraw(chart) {
    const { ctx, scales } = chart;
    ctx.save();
    ctx.font = `bold 18px "${FONT}"`;
    ctx.fillStyle = COLOURS.ink;
    ctx.textBaseline = 'bottom';
    const titles = [
      ['errors', 'Errors (status 500 and above)'],
      ['latency', '95th percentile of the latency'],
    ] as const;
    for (const [id, title] of titles) {
      const scale = scales[id];
      if (scale) ctx.fillText(title, chart.chartArea.left, scale.top + 16);
    }
    ctx.restore();
  },
};

/** Title and legend, by hand: Chart.js would repeat each side for each panel. */
function drawHead(context: SKRSContext2D, data: ChartData): void {
  context.textBaseline = 'alphabetic';
  context.fillStyle = COLOURS.ink;
  context.font = `bold 26px "${FONT}"`;
  context.fillText(shorten(context, data.title, WIDTH - 48), 24, 42);
  context.font = `20px "${FONT}"`;
  let x = 24;
  for (const arm of ['canary', 'baseline'] as const) {
    context.strokeStyle = COLOURS[arm];
    context.lineWidth = arm === 'canary' ? 4 : 3;
    context.setLineDash(arm === 'canary' ? [] : [9, 6]);
    context.beginPath();
    context.moveTo(x, 71);
    context.lineTo(x + 42, 71);
    context.stroke();
    const label = shorten(context, data[arm], 360);
    context.fillText(label, x + 52, 78);
    x += 52 + context.measureText(label).width + 36;
  }
  context.setLineDash([]);
  context.fillStyle = COLOURS.faint;
  context.textAlign = 'right';
  context.fillText('UTC', WIDTH - 24, 78);
  context.textAlign = 'left';
}

function shorten(context: SKRSContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let kept = text;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
