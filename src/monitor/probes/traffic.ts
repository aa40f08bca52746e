import { toHistogram } from '../buckets.ts';
import { type Histogram, merge, quantile } from '../histogram.ts';
import { LATENCIES } from '../minutes.ts';
import type { ListSeries } from '../time-series.ts';
import {
  type Finding,
  type Span,
  sayAsked,
  sayMeasured,
  sayNumber,
  saySpan,
  unknown,
  within,
} from './words.ts';

/** What one version answered over a span. */
export interface Traffic {
  readonly requests: number;
  /** Those with a status of 500 and above. */
  readonly errors: number;
  /** Milliseconds, of all answers, cold starts included. */
  readonly latency: Histogram;
}

/** Errors and latencies are asked for together, as one point for each status. @throws CloudError */
export async function readTraffic(
  list: ListSeries,
  service: string,
  version: string,
  span: Span,
  signal?: AbortSignal,
): Promise<Traffic> {
  const filter = [
    `metric.type="${LATENCIES}"`,
    'resource.type="gae_app"',
    `resource.labels.module_id=${JSON.stringify(service)}`,
    `resource.labels.version_id=${JSON.stringify(version)}`,
  ].join(' AND ');
  const aggregation = {
    period: span.to - span.from,
    aligner: 'ALIGN_SUM' as const,
    reducer: 'REDUCE_SUM' as const,
    groupBy: ['metric.labels.response_code'],
  };
  const query = { filter, ...span, aggregation };
  const { series } = await list(query, `read the figures of ${version}`, signal);
  let requests = 0;
  let errors = 0;
  const latencies: Histogram[] = [];
  for (const { metric, points } of series) {
    const failed = Number(metric?.labels?.response_code ?? 0) >= 500;
    for (const { value } of points ?? []) {
      const distribution = value?.distributionValue;
      const count = Number(distribution?.count ?? 0);
      if (!distribution || count === 0) continue;
      requests += count;
      if (failed) errors += count;
      latencies.push(toHistogram(distribution));
    }
  }
  return { requests, errors, latency: merge(latencies) };
}

/** "0.12 % of 12,340 responses failed in 7 days, asked for at most 1 %". */
export function weighErrors({ requests, errors }: Traffic, atMost: number, span: Span): Finding {
  if (requests === 0) return unknown(`No responses in ${saySpan(span)}, so nothing can be told of errors`);
  const share = errors / requests;
  const seen = `${sayMeasured({ atMost }, share, sayPercent)} of ${sayNumber(requests)} responses failed in ${saySpan(span)}`;
  return {
    answer: within({ atMost }, share) ? 'good' : 'off',
    detail: `${seen}, ${sayAsked({ atMost }, sayPercent)}`,
  };
}

/** "p95 184 ms over 12,340 responses in 7 days, asked for at most 500 ms". */
export function weighLatency({ requests, latency }: Traffic, atMost: number, span: Span): Finding {
  const p95 = quantile(latency, 0.95);
  if (p95 === undefined)
    return unknown(`No responses in ${saySpan(span)}, so nothing can be told of latency`);
  const seen = `p95 ${sayMeasured({ atMost }, p95, sayMs)} over ${sayNumber(requests)} responses in ${saySpan(span)}`;
  return {
    answer: within({ atMost }, p95) ? 'good' : 'off',
    detail: `${seen}, ${sayAsked({ atMost }, sayMs)}`,
  };
}

function sayPercent(share: number): string {
  return `${sayNumber(share * 100)} %`;
}

function sayMs(value: number): string {
  return `${sayNumber(value)} ms`;
}
