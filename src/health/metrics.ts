import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isOver, type Rollout } from '../rollout/state.ts';
import type { Sign, Vitals } from './vitals.ts';

/** Figures for Prometheus, in its text format. */
export interface Metrics {
  readonly contentType: string;
  text(): Promise<string>;
  stop(): void;
}

/** Real seconds: a tap takes some hundredths, and Telegram gives up on one after a quarter of a minute. */
const TAP_BUCKETS = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15];
/** A synced write takes milliseconds on a good disk. */
const APPEND_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

/**
 * Counts from now on. Label values are words of the code, of Telegram's methods and of HTTP, never of people, so their
 * number is bounded.
 */
export function createMetrics(vitals: Vitals, rollouts: () => readonly Rollout[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  new Gauge({
    name: 'sluice_rollouts_live',
    help: 'Rollouts under way, by stage.',
    labelNames: ['stage'],
    registers,
    collect() {
      this.reset();
      for (const { stage } of rollouts()) if (!isOver(stage)) this.inc({ stage: stage.at });
    },
  });
  new Gauge({
    name: 'sluice_last_poll_timestamp_seconds',
    help: 'When Telegram last answered a poll, in seconds since the epoch; 0 before the first time.',
    registers,
    collect() {
      this.set((vitals.polled ?? 0) / 1_000);
    },
  });
  const verdicts = new Counter({
    name: 'sluice_verdicts_total',
    help: 'Verdicts that were recorded.',
    labelNames: ['answer'],
    registers,
  });
  const taps = new Counter({
    name: 'sluice_taps_total',
    help: 'Buttons that were pressed: taken, refused, part of a dialogue, or failed.',
    labelNames: ['result'],
    registers,
  });
  const tapSeconds = new Histogram({
    name: 'sluice_tap_seconds',
    help: 'From the arrival of a tap to its answer on the phone.',
    buckets: TAP_BUCKETS,
    registers,
  });
  const google = new Counter({
    name: 'sluice_google_requests_total',
    help: 'Requests to Google; code is the HTTP status, timeout, lost or credentials.',
    labelNames: ['api', 'code'],
    registers,
  });
  const telegram = new Counter({
    name: 'sluice_telegram_requests_total',
    help: 'Requests to Telegram; code is its error code, 200 or lost.',
    labelNames: ['method', 'code'],
    registers,
  });
  const appends = new Histogram({
    name: 'sluice_journal_append_seconds',
    help: 'Until an entry of a journal is safe on the disk.',
    buckets: APPEND_BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: 'sluice_store_failures_total',
    help: 'Writes to the data folder that failed.',
    registers,
  });

  function count(sign: Sign): void {
    if (sign.kind === 'verdict') verdicts.inc({ answer: sign.answer });
    if (sign.kind === 'google') google.inc({ api: sign.api, code: sign.outcome });
    if (sign.kind === 'telegram') telegram.inc({ method: sign.method, code: sign.outcome });
    if (sign.kind === 'tap') {
      taps.inc({ result: sign.result });
      tapSeconds.observe(sign.seconds);
    }
    if (sign.kind === 'stored' && sign.problem !== undefined) failures.inc();
    else if (sign.kind === 'stored' && sign.journal) appends.observe(sign.seconds);
  }

  const stop = vitals.listen(count);
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    stop() {
      stop();
      registry.clear();
    },
  };
}
