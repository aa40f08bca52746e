import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import type { Endpoint } from '../../google/endpoint.ts';
import { connectRest } from '../../google/rest.ts';
import { runPageTest } from '../../host/page-test.ts';
import type { Probe, Reading } from '../../plan/terms.ts';
import { lastLine } from '../commands.ts';
import { MINUTE_MS } from '../points.ts';
import { openSeries } from '../time-series.ts';
import { countLogs } from './logs.ts';
import { MetricReader } from './metric.ts';
import type { LookRequest, Prober, ProberOptions } from './prober.ts';
import { readTraffic, type Traffic, weighErrors, weighLatency } from './traffic.ts';
import { type Finding, type Span, unknown } from './words.ts';

/** Of one look. */
const AT_ONCE = 4;

export function openProber(
  { project, clock, runCommand, log }: ProberOptions,
  endpoints: { readonly monitoring: Endpoint; readonly logging: Endpoint },
): Prober {
  const list = openSeries(project, endpoints.monitoring);
  const logging = connectRest(endpoints.logging);
  const metrics = new MetricReader(list);

  async function look(request: LookRequest, signal?: AbortSignal): Promise<Reading[]> {
    const limit = pLimit(AT_ONCE);
    const { service, version } = request;
    const span = wholeMinutes(request);
    let traffic: Promise<Traffic> | undefined;
    const readOnce = () => {
      traffic ??= readTraffic(list, service, version, span, signal);
      return traffic;
    };
    return Promise.all(
      request.probes.map((probe) =>
        limit(async () => {
          signal?.throwIfAborted();
          const found = await find(probe, request, span, readOnce, signal).catch((error: unknown) => {
            signal?.throwIfAborted();
            const problem = error instanceof Error ? error.message : String(error);
            log('could not look', { service, version, probe: probe.name, problem });
            return unknown(problem);
          });
          return { name: probe.name, ...found };
        }),
      ),
    );
  }

  async function find(
    probe: Probe,
    { service, version, versionUrl, folder, env, from, to }: LookRequest,
    span: Span,
    readOnce: () => Promise<Traffic>,
    signal?: AbortSignal,
  ): Promise<Finding> {
    const counted = probe.kind === 'logs' ? { from, to } : span;
    if (counted.to <= counted.from && probe.kind !== 'page' && probe.kind !== 'command') return TOO_SHORT;
    switch (probe.kind) {
      case 'errors':
        return weighErrors(await readOnce(), probe.atMost, span);
      case 'latency':
        return weighLatency(await readOnce(), probe.atMost, span);
      case 'metric':
        return metrics.weigh(probe, span, signal);
      case 'logs':
        return countLogs(logging, project, { service, version }, probe, counted, signal);
      case 'page': {
        if (versionUrl === '') return unknown('The address of the version itself is not known');
        const { ok, detail } = await runPageTest(versionUrl, probe, clock, signal);
        return { answer: ok ? 'good' : 'off', detail: `GET ${probe.path}: ${detail}` };
      }
      case 'command': {
        if (!existsSync(folder)) return unknown(`The command was not run: there is no folder ${folder} here`);
        const { ok, why, tail } = await runCommand(probe, { cwd: folder, env }, { signal });
        signal?.throwIfAborted();
        const said = lastLine(tail);
        const ended = ok ? 'ended with 0' : why;
        return { answer: ok ? 'good' : 'off', detail: said === '' ? ended : `${ended}: ${said}` };
      }
    }
  }

  return { look };
}

const TOO_SHORT = unknown('The span has no whole minute yet, so nothing can be told');

/** Spans that follow upon each other leave no minute out and share none. */
function wholeMinutes({ from, to }: Span): Span {
  const floor = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return { from: floor(from), to: floor(to) };
}
