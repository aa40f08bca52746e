import { MINUTE } from '../../plan/duration.ts';
import { versionsBeside } from '../../plan/split.ts';
import type { Event } from '../../rollout/events.ts';
import { percent } from '../views/words.ts';
import { readData } from './data.ts';
import { judgings, type ReportChart } from './traffic.ts';

/** Minutes of figures to be drawn, as [from, to) in milliseconds since the epoch. */
export interface ChartWindow {
  readonly title: string;
  readonly service: string;
  readonly version: string;
  /** How the versions beside it are called. */
  readonly baseline: string;
  readonly from: number;
  readonly to: number;
}

/** Draws a window as PNG; undefined when nothing is left of its figures. @throws Error with a sentence. */
export type DrawWindow = (window: ChartWindow) => Promise<Uint8Array | undefined>;

/** The windows that were judged, one for each split that the rollout stood at. */
export function windowsOf(events: readonly Event[]): (ChartWindow & Pick<ReportChart, 'step'>)[] {
  const data = readData(events);
  const { service, version, base } = data.rollout;
  const baseline = (base ? versionsBeside(base, version) : []).join(', ') || 'before';
  return judgings(data).flatMap(({ share, since, looks }, step) => {
    const from = Math.ceil(since / MINUTE) * MINUTE;
    const to = Math.floor((looks.at(-1)?.verdict.through ?? from) / MINUTE) * MINUTE;
    const title = `${service}: ${version} at ${percent(share)}`;
    return to > from ? [{ step, title, service, version, baseline, from, to }] : [];
  });
}

/** Pictures of all windows, and why some are missing. */
export async function drawCharts(
  events: readonly Event[],
  draw: DrawWindow,
): Promise<{ charts: ReportChart[]; problem?: string }> {
  const charts: ReportChart[] = [];
  let problem: string | undefined;
  for (const { step, ...window } of windowsOf(events)) {
    try {
      const png = await draw(window);
      if (png) charts.push({ step, title: `${window.title}, minute by minute`, png });
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  return { charts, ...(problem !== undefined && { problem }) };
}
