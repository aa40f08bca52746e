import type { DrawWindow } from '../bot/report/windows.ts';
import { type Monitoring, renderChart } from '../monitor/index.ts';

/** Draws a window that is over from what Cloud Monitoring still has of it (six weeks of these metrics). */
export function windowCharts(monitoring: Pick<Monitoring, 'minutes'>): DrawWindow {
  return async ({ title, service, version, baseline, from, to }) => {
    const points = await monitoring.minutes({ service, canary: version, from, to });
    if (points.length === 0) return undefined;
    return renderChart({ title, from, to, canary: version, baseline, points });
  };
}
