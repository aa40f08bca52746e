import { loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { type ChartData, renderChart } from '../../src/monitor/index.ts';
import { START, simulate } from './simulate.ts';

const data: ChartData = {
  title: 'default: v2 at 10 %',
  from: START,
  to: START + 30 * 60_000,
  canary: 'v2',
  baseline: 'v1',
  points: simulate({
    seed: 3,
    perSecond: 5,
    share: 0.1,
    minutes: 30,
    baseErrors: 0.001,
    canaryErrors: 0.2,
    onset: 8,
  }),
};

async function sizeOf(png: Buffer) {
  const { width, height } = await loadImage(png);
  return { width, height };
}

describe('the chart', () => {
  it('is a PNG of a phone’s width whatever the figures', async () => {
    const quiet = { ...data, points: [] };
    const oneMinute = { ...data, to: START + 60_000, points: data.points.slice(0, 2) };
    const day = { ...data, to: START + 24 * 60 * 60_000 };
    const long = {
      ...data,
      title: 'a-service-with-a-name '.repeat(9),
      canary: 'v'.repeat(63),
      baseline: 'w'.repeat(63),
    };
    for (const some of [data, quiet, oneMinute, day, long]) {
      await expect(sizeOf(await renderChart(some))).resolves.toEqual({ width: 1000, height: 560 });
    }
  });
  it('shows the figures: other figures, another picture; the same ones, the same', async () => {
    const first = await renderChart(data);
    expect((await renderChart({ ...data, points: data.points.toReversed() })).equals(first)).toBe(true);
    const healed = data.points.map((p) => ({ ...p, errors: 0 }));
    expect((await renderChart({ ...data, points: healed })).equals(first)).toBe(false);
  });
});
