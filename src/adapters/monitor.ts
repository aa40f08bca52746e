import type { DrawChart } from '../bot/publisher.ts';
import type { DrawWindow } from '../bot/report/windows.ts';
import type { Sources } from '../deploy/sources/sources.ts';
import {
  judgeWithCommands,
  type Monitoring,
  type ObserveRequest,
  type Prober,
  rehearse,
  renderChart,
  suspicionOver,
} from '../monitor/index.ts';
import { sayThreshold } from '../monitor/kept/threshold.ts';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import { versionsBeside, WHOLE } from '../plan/split.ts';
import type { Verdict } from '../plan/verdict.ts';
import type { Monitor, Scripts } from '../rollout/ports.ts';
import type { Rollout } from '../rollout/state.ts';
import type { KeptWindows } from './kept-windows.ts';
import { placeOf } from './scripts.ts';

/** Figures as the engine wants them: the judge's word and that of the team's own commands. */
export function monitorFor(
  monitoring: Monitoring,
  prober: Prober,
  kept: KeptWindows,
  scripts: Scripts,
  project: string,
  sources: Pick<Sources, 'bring'>,
): Monitor {
  return {
    async observe(rollout, window, signal) {
      const { figures, rehearsal, commands } = rollout.terms.watching;
      const [judged, ran] = await Promise.all([
        figures ? judge(rollout, window, signal) : undefined,
        Promise.all(
          commands.map(async (one) => ({ name: one.name, ...(await scripts.run(one, rollout, { signal })) })),
        ),
      ]);
      return judgeWithCommands(judged && rehearsal ? rehearse(judged) : judged, ran, window.to);
    },

    async look(rollout, probes, { from, to }, signal) {
      if (probes.length === 0) return [];
      const { service, version, versionUrl = '' } = rollout;
      const { cwd, env } = await placeOf(rollout, project, sources, signal);
      return prober.look({ service, version, versionUrl, folder: cwd, env, probes, from, to }, signal);
    },
  };

  async function judge(
    rollout: Rollout,
    window: { from: number; to: number },
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { falseAlarm } = rollout.terms.watching;
    const threshold =
      falseAlarm === undefined ? undefined : await kept.threshold(rollout, falseAlarm, signal);
    const request = requestOf(rollout, window, threshold?.enough);
    const observation = await monitoring.observe(request, signal);
    await kept.keep(rollout, observation, window.to);
    const { verdict } = observation;
    if (!threshold || verdict.answer === 'query-failed') return verdict;
    return { ...verdict, reasons: [...verdict.reasons, `False alarms: ${sayThreshold(threshold)}.`] };
  }
}

/** What the judge is asked of a rollout's present step. */
function requestOf(
  { service, version, live, terms, step, carried }: Rollout,
  window: { from: number; to: number },
  enough: number | undefined,
): ObserveRequest {
  const { say, metrics } = terms.watching;
  return {
    service,
    canary: version,
    canaryShare: (live?.shares[version] ?? 0) / WHOLE,
    durationMin: (terms.steps[step]?.watch ?? 0) / MINUTE,
    ...(enough !== undefined && { enough }),
    ...(say && { say }),
    ...(metrics && { metrics }),
    ...(carried && { carried }),
    ...window,
  };
}

/** How much of the time before a change is drawn with it. */
const BEFORE = 60 * MINUTE;

/** Draws the minutes since the present split came into force, those before it, and how the judge saw them. */
export function chartsFrom(monitoring: Monitoring, kept: KeptWindows, clock: Clock): DrawChart {
  return async (rollout) => {
    const { service, version, base, movedAt, terms, live } = rollout;
    if (movedAt === undefined || !base) return undefined;
    const from = Math.ceil(movedAt / MINUTE) * MINUTE;
    const to = Math.floor((clock.now() - terms.watching.lag) / MINUTE) * MINUTE;
    if (to <= from) return undefined;
    const { falseAlarm, figures } = terms.watching;
    const isLetIn = (live?.shares[version] ?? 0) > 0;
    const asked = async () => {
      if (!figures || !isLetIn) return undefined;
      const { signal } = new AbortController();
      const threshold =
        falseAlarm === undefined ? undefined : await kept.threshold(rollout, falseAlarm, signal);
      return monitoring.observe(requestOf(rollout, { from, to }, threshold?.enough));
    };
    const [points, seen] = await Promise.all([
      monitoring.minutes({ service, canary: version, from: from - BEFORE, to }),
      asked(),
    ]);
    if (points.length === 0) return undefined;
    const share = `${(live?.shares[version] ?? 0) / 10} %`;
    return renderChart({
      title: `${service}: ${version} at ${share}`,
      from: from - BEFORE,
      to,
      // The minute in which it was moved has some of both.
      change: { at: Math.floor(movedAt / MINUTE) * MINUTE, label: `${share} from here` },
      canary: version,
      baseline: versionsBeside(base, version).join(', ') || 'before',
      points,
      suspicion: seen?.window && suspicionOver(seen.window, seen.points),
    });
  };
}

/** Draws any window, and what came before it. */
export function windowsFrom(monitoring: Monitoring): DrawWindow {
  return async ({ title, service, version, baseline, from, to }) => {
    if (to <= from) return undefined;
    const points = await monitoring.minutes({ service, canary: version, from: from - BEFORE, to });
    if (!points.some(({ minute }) => minute >= from)) return undefined;
    const change = { at: from, label: 'from here' };
    return renderChart({ title, from: from - BEFORE, to, change, canary: version, baseline, points });
  };
}
