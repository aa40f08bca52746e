import { existsSync } from 'node:fs';
import pLimit from 'p-limit';
import { parseEndpoint } from '../../google/endpoint.ts';
import { connectRest } from '../../google/rest.ts';
import { runPageTest } from '../../host/page-test.ts';
import type { RunCommand } from '../../host/run-command.ts';
import type { Clock } from '../../plan/clock.ts';
import type { Probe, Reading } from '../../plan/terms.ts';
import { lastLine } from '../commands.ts';
import { MINUTE_MS } from '../points.ts';
import { countLogs } from './logs.ts';
import { MetricReader } from './metric.ts';
import { readTraffic, type Traffic, weighErrors, weighLatency } from './traffic.ts';
import { type Finding, type Span, unknown } from './words.ts';

export interface ProberOptions {
  readonly project: string;
  /** Base URLs as gcloud spells them; absent means Google's own. */
  readonly endpoints: { readonly monitoring?: string | undefined; readonly logging?: string | undefined };
  readonly clock: Clock;
  readonly runCommand: RunCommand;
  readonly log: (message: string, details?: object) => void;
}

export interface LookRequest {
  readonly service: string;
  readonly version: string;
  /** Where pages are asked for, past the split. */
  readonly versionUrl: string;
  /** Where commands run, and what is added to their environment. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly probes: readonly Probe[];
  /** The span to be looked at, in milliseconds since the epoch; `to` is excluded. */
  readonly from: number;
  readonly to: number;
}

export interface Prober {
  /**
   * One reading for each probe, in their order. What cannot be asked, and what has no data, is `unknown` in its own
   * words; only an aborted signal throws.
   */
  look(request: LookRequest, signal?: AbortSignal): Promise<Reading[]>;
}

/** Of one look. */
const AT_ONCE = 4;

/** Nothing is sent, and nothing of Google's loaded, before the first look. @throws CloudError for a bad endpoint. */
export function createProber({ project, endpoints, clock, runCommand, log }: ProberOptions): Prober {
  const monitoring = connectRest(
    parseEndpoint('Cloud Monitoring', endpoints.monitoring, 'monitoring.googleapis.com'),
  );
  const logging = connectRest(parseEndpoint('Cloud Logging', endpoints.logging, 'logging.googleapis.com'));
  const metrics = new MetricReader(monitoring, project);

  async function look(request: LookRequest, signal?: AbortSignal): Promise<Reading[]> {
    const limit = pLimit(AT_ONCE);
    const { service, version } = request;
    const span = wholeMinutes(request);
    let traffic: Promise<Traffic> | undefined;
    const readOnce = () => {
      traffic ??= readTraffic(monitoring, project, service, version, span, signal);
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
    switch (probe.kind) {
      case 'errors':
        return span.to > span.from ? weighErrors(await readOnce(), probe.atMost, span) : TOO_SHORT;
      case 'latency':
        return span.to > span.from ? weighLatency(await readOnce(), probe.atMost, span) : TOO_SHORT;
      case 'metric':
        return span.to > span.from ? metrics.weigh(probe, span, signal) : TOO_SHORT;
      case 'logs':
        return countLogs(logging, project, { service, version }, probe, { from, to }, signal);
      case 'page': {
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

const TOO_SHORT = unknown('The span has no whole minute yet, and Cloud Monitoring counts by minutes');

/** Spans that follow upon each other leave no minute out and share none. */
function wholeMinutes({ from, to }: Span): Span {
  const floor = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;
  return { from: floor(from), to: floor(to) };
}
