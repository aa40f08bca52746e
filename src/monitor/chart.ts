import type { Point } from './points.ts';
import type { Suspicion } from './suspicion.ts';

export interface ChartData {
  readonly title: string;
  /** What is drawn, in milliseconds since the epoch: the window, and what came before it. */
  readonly from: number;
  readonly to: number;
  /** When the traffic was moved, and what is written there. */
  readonly change: { readonly at: number; readonly label: string };
  /** How the two sides are called in the legend. */
  readonly canary: string;
  readonly baseline: string;
  readonly points: readonly Point[];
  /** The judge's course over the window; without it there are two panels. */
  readonly suspicion?: Suspicion | undefined;
}

/** Error rate, latency and the judge's suspicion over time, as PNG. The drawing libraries are loaded only now. */
export async function renderChart(data: ChartData): Promise<Buffer> {
  const { draw } = await import('./draw-chart.ts');
  return draw(data);
}
