import type { DrawChart } from '../bot/publisher.ts';
import type { DrawWindow } from '../bot/report/windows.ts';
import type { Sources } from '../deploy/sources/sources.ts';
import { judgeWithCommands, type Monitoring, type Prober, rehearse, renderChart } from '../monitor/index.ts';
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
    const { service, version, live, terms, step, carried } = rollout;
    const { falseAlarm, say, metrics } = terms.watching;
    const threshold =
      falseAlarm === undefined ? undefined : await kept.threshold(rollout, falseAlarm, signal);
    const request = {
      service,
      canary: version,
      canaryShare: (live?.shares[version] ?? 0) / WHOLE,
      durationMin: (terms.steps[step]?.watch ?? 0) / MINUTE,
      ...(threshold && { enough: threshold.enough }),
      ...(say && { say }),
      ...(metrics && { metrics }),
      ...(carried && { carried }),
      ...window,
    };
    const observation = await monitoring.observe(request, signal);
    await kept.keep(rollout, observation, window.to);
    const { verdict } = observation;
    if (!threshold || verdict.answer === 'query-failed') return verdict;
    return { ...verdict, reasons: [...verdict.reasons, `False alarms: ${sayThreshold(threshold)}.`] };
  }
}

/** Draws the minutes since the present split came into force. */
export function chartsFrom(monitoring: Monitoring, clock: Clock): DrawChart {
  const draw = windowsFrom(monitoring);
  return async ({ service, version, base, movedAt, terms, live }) => {
    if (movedAt === undefined || !base) return undefined;
    const from = Math.ceil(movedAt / MINUTE) * MINUTE;
    const to = Math.floor((clock.now() - terms.watching.lag) / MINUTE) * MINUTE;
    const share = (live?.shares[version] ?? 0) / 10;
    const baseline = versionsBeside(base, version).join(', ') || 'before';
    const title = `${service}: ${version} at ${share} %`;
    return draw({ title, service, version, baseline, from, to });
  };
}

/** Draws any window. */
export function windowsFrom(monitoring: Monitoring): DrawWindow {
  return async ({ title, service, version, baseline, from, to }) => {
    if (to <= from) return undefined;
    const points = await monitoring.minutes({ service, canary: version, from, to });
    if (points.length === 0) return undefined;
    return renderChart({ title, from, to, canary: version, baseline, points });
  };
}
