import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import {
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  type ChartItem,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  type ScaleOptionsByType,
} from 'chart.js';
import type { ChartData } from './chart.ts';
import { drawHead, marks, paper } from './chart-marks.ts';
import { binLength, type Lines, linesOf, type Place, type Span } from './chart-series.ts';
import { BESIDE, COLOURS, FONT, HEAD, HEIGHTS, SIZES, STROKES, WIDTH } from './chart-style.ts';
import { MINUTE_MS, type Point } from './points.ts';
import type { Suspicion } from './suspicion.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale);

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
  const canvas = createCanvas(WIDTH, data.suspicion ? HEIGHTS.three : HEIGHTS.two);
  const context = canvas.getContext('2d');
  const span = { from: data.from, to: data.to, change: data.change.at };
  const length = binLength(data.points, span);
  // Chart.js asks for the browser's context; this one draws the same, and lacks only what belongs to a page.
  const chart = new Chart(context as unknown as ChartItem, configuration(data, span, length));
  drawHead(context, data, length);
  const png = await canvas.encode('png');
  // Afterwards, because it empties the canvas.
  chart.destroy();
  return png;
}

type LineChart = ChartConfiguration<'line', Place[]>;

function configuration(data: ChartData, span: Span, length: number): LineChart {
  const { points, suspicion } = data;
  const minute = (at: number) => (at - span.change) / MINUTE_MS;
  // What comes first is drawn last.
  const sides = (['canary', 'baseline'] as const).map((arm) => ({
    arm,
    lines: linesOf(points, arm, span, length),
  }));
  const panel = (axis: keyof Lines) => sides.map(({ arm, lines }) => lineOf(arm, axis, [...lines[axis]]));
  return {
    type: 'line',
    data: {
      datasets: [
        ...panel('errors'),
        ...panel('latency'),
        ...(suspicion ? [suspicionLine(suspicion, minute)] : []),
      ],
    },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      layout: { padding: { top: HEAD, right: 30, bottom: 12, left: 12 } },
      scales: {
        x: {
          ...bare(),
          min: minute(span.from),
          max: minute(span.to),
          afterBuildTicks: (axis) => {
            axis.ticks = roundTimes(span.from, span.to).map((at) => ({ value: minute(at) }));
          },
          ticks: {
            ...ticks(),
            maxRotation: 0,
            autoSkip: false,
            callback: (value) => clockTime(span.change + Number(value) * MINUTE_MS),
          },
        },
        // Stacked axes are laid out from the bottom up.
        ...(suspicion && { suspicion: suspicionAxis(suspicion), gap: gapAxis() }),
        latency: amountAxis('ms', 10),
        space: gapAxis(),
        errors: amountAxis('%', 1),
      },
    },
    plugins: [paper(minute(span.change), suspicion), marks(data)],
  };
}

function lineOf(arm: Point['arm'], axis: string, places: Place[]): ChartDataset<'line', Place[]> {
  const isAlone = (i: number) => (places[i - 1]?.y ?? null) === null && (places[i + 1]?.y ?? null) === null;
  return {
    data: places,
    yAxisID: axis,
    borderColor: COLOURS[arm],
    backgroundColor: COLOURS[arm],
    borderWidth: STROKES[arm].width,
    borderDash: [...STROKES[arm].dash],
    borderJoinStyle: 'round',
    // A stretch between two gaps has no line to be seen by.
    pointRadius: ({ dataIndex }) => (isAlone(dataIndex) ? STROKES[arm].width : 0),
    spanGaps: false,
    clip: STROKES[arm].width,
  };
}

function suspicionLine(
  { course, bad }: Suspicion,
  minute: (at: number) => number,
): ChartDataset<'line', Place[]> {
  const { top, bottom } = reach(bad);
  return {
    data: course.map(({ at, nats }) => ({ x: minute(at), y: Math.min(top, Math.max(bottom, nats)) })),
    yAxisID: 'suspicion',
    borderColor: COLOURS.ink,
    backgroundColor: COLOURS.ink,
    borderWidth: 5,
    borderJoinStyle: 'round',
    pointRadius: course.length === 1 ? 6 : 0,
    clip: 5,
  };
}

/** Nats that are drawn: below, nothing speaks against the new version; above, nobody doubts any more. */
function reach(bad: number): { bottom: number; top: number } {
  return { bottom: -5.3, top: bad + 4 };
}

function bare(): Pick<ScaleOptionsByType<'linear'>, 'type' | 'grid' | 'border'> {
  const grid = { color: COLOURS.grid, lineWidth: 2, drawTicks: false };
  return { type: 'linear', grid, border: { display: false } } as ReturnType<typeof bare>;
}

/** Stacked axes are as wide as the narrowest of them unless they are told. */
function besides() {
  return {
    afterFit: (axis: { width: number }) => {
      axis.width = BESIDE;
    },
  };
}

function ticks() {
  return { color: COLOURS.faint, font: { family: FONT, size: SIZES.text }, padding: 10 };
}

function amountAxis(unit: string, suggestedMax: number) {
  return {
    ...bare(),
    stack: 'panels',
    stackWeight: 3,
    ...besides(),
    min: 0,
    suggestedMax,
    grace: '5%',
    ticks: {
      ...ticks(),
      maxTicksLimit: 4,
      callback: (value: string | number) => amount(Number(value), unit),
    },
  };
}

function amount(value: number, unit: string): string {
  const isLong = unit === 'ms' && value >= 10_000;
  return isLong ? `${(value / 1000).toLocaleString('en')} s` : `${value.toLocaleString('en')} ${unit}`;
}

/** Between two panels, for the title of the lower one. */
function gapAxis() {
  return {
    ...bare(),
    stack: 'panels',
    stackWeight: 0.75,
    axis: 'y' as const,
    ...besides(),
    grid: { display: false },
    ticks: { display: false },
  };
}

/** People are told words: what the number means is the judge's own affair. */
function suspicionAxis({ bad, doubt }: Suspicion) {
  const { bottom, top } = reach(bad);
  const words = [
    { value: (bad + top) / 2, word: 'bad' },
    { value: (bad + doubt) / 2, word: 'unsure' },
    { value: (doubt + bottom) / 2, word: 'good' },
  ];
  return {
    ...bare(),
    stack: 'panels',
    stackWeight: 2.4,
    ...besides(),
    min: bottom,
    max: top,
    grid: { display: false },
    afterBuildTicks: (axis: { ticks: { value: number }[] }) => {
      axis.ticks = words.map(({ value }) => ({ value }));
    },
    ticks: {
      ...ticks(),
      autoSkip: false,
      callback: (value: string | number) =>
        words.find((one) => Math.abs(one.value - Number(value)) < 1e-9)?.word ?? '',
    },
  };
}

/** Full hours and parts of them: as few as can be read. */
function roundTimes(from: number, to: number): number[] {
  const minutes = (to - from) / MINUTE_MS;
  const step =
    ([1, 2, 5, 10, 15, 20, 30, 60, 120, 180, 360, 720].find((one) => minutes / one <= 6) ?? 1440) * MINUTE_MS;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
}

/** People of one team sit in several time zones; what the figures carry is UTC. */
function clockTime(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
