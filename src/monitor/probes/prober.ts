import { parseEndpoint } from '../../google/endpoint.ts';
import type { RunCommand } from '../../host/run-command.ts';
import type { Clock } from '../../plan/clock.ts';
import type { Probe, Reading } from '../../plan/terms.ts';

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

/** Nothing is sent, and next to nothing loaded, before the first look. @throws CloudError for a bad endpoint. */
export function createProber(options: ProberOptions): Prober {
  const { monitoring, logging } = options.endpoints;
  const endpoints = {
    monitoring: parseEndpoint('Cloud Monitoring', monitoring, 'monitoring.googleapis.com'),
    logging: parseEndpoint('Cloud Logging', logging, 'logging.googleapis.com'),
  };
  let opening: Promise<Prober> | undefined;
  const open = () => {
    opening ??= import('./look.ts').then(({ openProber }) => openProber(options, endpoints));
    return opening;
  };
  return { look: async (request, signal) => (await open()).look(request, signal) };
}
