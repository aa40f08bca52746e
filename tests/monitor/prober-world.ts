import { protos } from '@google-cloud/monitoring';
import { runCommand } from '../../src/host/run-command.ts';
import { createProber } from '../../src/monitor/index.ts';
import { DAY } from '../../src/plan/duration.ts';
import type { Probe } from '../../src/plan/terms.ts';
import { leapingClock } from '../deploy/clock.ts';
import { type Reply, type Seen, scriptedServer } from '../deploy/scripted-server.ts';

export const FROM = Date.UTC(2026, 0, 5, 11);

/** Looks over the week from FROM on, unless another span is given, at a server that answers as the test says. */
export async function world(answer: (request: Seen) => Reply | Promise<Reply>) {
  const server = await scriptedServer(answer);
  const endpoints = { monitoring: server.url, logging: server.url };
  const prober = createProber({
    project: 'demo',
    endpoints,
    clock: leapingClock(),
    runCommand,
    log: () => undefined,
  });
  const look = async (
    probes: readonly Probe[],
    span: { from?: number; to?: number } = {},
    signal?: AbortSignal,
  ) =>
    prober.look(
      {
        service: 'default',
        version: 'v2',
        versionUrl: server.url,
        folder: import.meta.dirname,
        env: {},
        probes,
        from: FROM,
        to: FROM + 7 * DAY,
        ...span,
      },
      signal,
    );
  const lookAt = async (probe: Probe, span = {}) => {
    const [reading] = await look([probe], span);
    return `${reading?.answer}: ${reading?.detail}`;
  };
  return { server, look, lookAt };
}

/** What was asked for; the client sends the numbers of what has names. */
export function paramsOf(request: Seen | undefined): URLSearchParams {
  const { searchParams } = new URL(request?.url ?? '', 'http://localhost');
  for (const [key, names] of Object.entries(NAMES)) {
    const sent = searchParams.get(key);
    if (sent !== null) searchParams.set(key, names[Number(sent)] ?? sent);
  }
  return searchParams;
}

const { Aggregation, ListTimeSeriesRequest } = protos.google.monitoring.v3;
const NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  view: ListTimeSeriesRequest.TimeSeriesView,
  'aggregation.perSeriesAligner': Aggregation.Aligner,
  'aggregation.crossSeriesReducer': Aggregation.Reducer,
};
