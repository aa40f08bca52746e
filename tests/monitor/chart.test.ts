import { loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { binLength, linesOf } from '../../src/monitor/chart-series.ts';
import {
  type ChartData,
  type JudgeWindow,
  judge,
  renderChart,
  suspicionOver,
} from '../../src/monitor/index.ts';
import { START, simulate } from './simulate.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const traffic = {
  seed: 3,
  perSecond: 5,
  share: 0.1,
  minutes: 30,
  baseErrors: 0.001,
  canaryErrors: 0.2,
  onset: 8,
};
const points = simulate(traffic);
const before = simulate({ ...traffic, seed: 4, minutes: 60 })
  .filter((p) => p.arm === 'baseline')
  .map((p) => ({ ...p, minute: p.minute - HOUR }));
const window: JudgeWindow = { from: START, canaryShare: 0.1, durationMin: 30, history: before };

const data: ChartData = {
  title: 'default: v2 at 10 %',
  from: START - HOUR,
  to: START + 30 * MINUTE,
  change: { at: START, label: '10 % from here' },
  canary: 'v2',
  baseline: 'v1',
  points: [...before, ...points],
  suspicion: suspicionOver(window, points),
};

async function sizeOf(png: Buffer) {
  const { width, height } = await loadImage(png);
  return { width, height };
}

/** Colours that stand in this part of the picture, as "r,g,b". */
async function coloursIn(png: Buffer, x: number, y: number, width: number, height: number) {
  const { createCanvas } = await import('@napi-rs/canvas');
  const image = await loadImage(png);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data: bytes } = context.getImageData(x, y, width, height);
  return new Set(
    Array.from({ length: width * height }, (_, i) => bytes.subarray(4 * i, 4 * i + 3).join(',')),
  );
}

describe('the chart', () => {
  it('is a PNG of a phone’s width whatever the figures, opaque in any theme', async () => {
    const { suspicion: _, ...two } = data;
    const quiet = { ...two, points: [] };
    const oneMinute = { ...data, from: START, to: START + MINUTE, points: points.slice(0, 2) };
    const day = { ...data, to: START + 24 * HOUR };
    const long = {
      ...data,
      title: 'a-service-with-a-name '.repeat(9),
      canary: 'v'.repeat(63),
      baseline: 'w'.repeat(63),
    };
    for (const some of [data, oneMinute, day, long]) {
      await expect(sizeOf(await renderChart(some))).resolves.toEqual({ width: 1000, height: 1000 });
    }
    for (const some of [two, quiet]) {
      await expect(sizeOf(await renderChart(some))).resolves.toEqual({ width: 1000, height: 760 });
    }
    expect(await coloursIn(await renderChart(data), 0, 0, 8, 8)).toEqual(new Set(['255,255,255']));
  });
  it('shows the figures: other figures, another picture; the same ones, the same', async () => {
    const first = await renderChart(data);
    expect((await renderChart({ ...data, points: data.points.toReversed() })).equals(first)).toBe(true);
    const healed = data.points.map((p) => ({ ...p, errors: 0 }));
    expect((await renderChart({ ...data, points: healed })).equals(first)).toBe(false);
    const calm = {
      ...data,
      suspicion: suspicionOver(
        window,
        healed.filter((p) => p.minute >= START),
      ),
    };
    expect((await renderChart(calm)).equals(first)).toBe(false);
  });
  it('has the new version after the change only, and the old one before it', async () => {
    const png = await renderChart(data);
    const [blue, grey] = ['0,114,178', '107,118,132'];
    const left = await coloursIn(png, 150, 160, 500, 540);
    expect(left.has(grey)).toBe(true);
    expect(left.has(blue)).toBe(false);
    expect((await coloursIn(png, 690, 160, 260, 540)).has(blue)).toBe(true);
  });
});

describe('its lines', () => {
  const span = { from: START, to: START + 30 * MINUTE, change: START };
  it('gather as many minutes as it takes to make a rate of them', () => {
    const thin = simulate({ ...traffic, perSecond: 0.5 });
    expect(binLength(simulate({ ...traffic, perSecond: 3 }), span)).toBe(2);
    expect(binLength(thin, span)).toBe(5);
    expect(binLength(thin, { ...span, to: START + 60 * MINUTE })).toBe(10);
    expect(binLength(thin, { ...span, to: START + 3 * MINUTE })).toBe(1);
    expect(binLength(simulate({ ...traffic, perSecond: 50, minutes: 2 }), span)).toBe(1);
    expect(binLength([], { ...span, to: START + 24 * HOUR })).toBe(8);
  });
  it('have gaps where nothing was answered, and a zero where nothing failed', () => {
    const some = points
      .filter((p) => p.minute < START + 4 * MINUTE || p.minute >= START + 6 * MINUTE)
      .map((p) => ({ ...p, errors: 0 }));
    const { errors, latency } = linesOf(some, 'canary', span, 2);
    expect(errors.slice(0, 4)).toEqual([
      { x: 1, y: 0 },
      { x: 3, y: 0 },
      { x: 5, y: null },
      { x: 7, y: 0 },
    ]);
    expect(latency[2]?.y).toBeNull();
    expect(latency[0]?.y).toBeGreaterThan(20);
  });
  it('add up what they gather', () => {
    const [first] = linesOf(points, 'baseline', span, 30).errors;
    const own = points.filter((p) => p.arm === 'baseline');
    const sum = (key: 'errors' | 'requests') => own.reduce((all, p) => all + p[key], 0);
    expect(first?.y).toBeCloseTo((100 * sum('errors')) / sum('requests'), 9);
  });
});

describe('the judge’s course', () => {
  it('passes the threshold when the judge does, and ends where its verdict is', () => {
    const { course = [], bad = Number.NaN, doubt = Number.NaN } = suspicionOver(window, points) ?? {};
    expect(judge(window, points).answer).toBe('bad');
    expect(course.at(-1)?.nats).toBeGreaterThanOrEqual(bad);
    expect(course.at(-1)?.at).toBe(START + 30 * MINUTE);
    const early = course.filter(({ at }) => at <= START + 8 * MINUTE);
    expect(early.length).toBeGreaterThan(2);
    expect(early.every(({ nats }) => nats < bad)).toBe(true);
    expect(doubt).toBeLessThan(bad);
  });
  it('does not depend on the order of the points', () => {
    expect(suspicionOver(window, points.toReversed())).toEqual(suspicionOver(window, points));
  });
  it('goes by the window’s own threshold, and takes no more looks however long it is', () => {
    expect(suspicionOver({ ...window, enough: 3 }, points)?.bad).toBe(3);
    const long = simulate({ ...traffic, perSecond: 0.5, minutes: 240 });
    expect(suspicionOver({ ...window, durationMin: 240 }, long)?.course.length).toBeLessThanOrEqual(24);
  });
  it('is not drawn where there is nothing to compare with', () => {
    const own = points.filter((p) => p.arm === 'canary');
    expect(suspicionOver({ ...window, history: [] }, own)).toBeUndefined();
    expect(suspicionOver({ ...window, canaryShare: 1, history: [] }, own)).toBeUndefined();
    expect(suspicionOver(window, [])).toBeUndefined();
  });
});
