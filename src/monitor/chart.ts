import type { Point } from './points.ts';

export interface ChartData {
  readonly title: string;
  /** The window, in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** How the two sides are called in the legend. */
  readonly canary: string;
  readonly baseline: string;
  readonly points: readonly Point[];
}

/** Error rate and p95 of both sides over the window, as PNG. The drawing libraries are loaded only now. */
export async function renderChart(data: ChartData): Promise<Buffer> {
  const { draw } = await import('./draw-chart.ts');
  return draw(data);
}
