import { WHOLE } from '../../plan/split.ts';
import type { Figures, Verdict } from '../../plan/verdict.ts';
import type { Event } from '../../rollout/events.ts';
import { type Html, html } from '../html.ts';
import { answerWord, percent } from '../views/words.ts';
import type { EventOf, ReportData } from './data.ts';
import { type Line, lineChart } from './line-chart.ts';
import { badge, facts, list, section, split, table, time } from './parts.ts';

/** A picture of figures, drawn elsewhere. */
export interface ReportChart {
  /** Position of the judged split that it belongs to, as {@link judgings} counts. */
  readonly step: number;
  readonly title: string;
  readonly png: Uint8Array;
}

/** How the traffic moved, and what the figures said of each step. */
export function trafficSections(data: ReportData, charts: readonly ReportChart[]): (Html | undefined)[] {
  return [section('Traffic', moves(data)), section('Figures of each step', ...steps(data, charts))];
}

type Moved = EventOf<'backed-up' | 'split-set' | 'drifted' | 'seen'>;

const FOUND: { readonly [type in Moved['type']]: string } = {
  'backed-up': 'found at the backup',
  'split-set': 'moved',
  drifted: 'moved by another hand',
  seen: 'found moved by another hand',
};

function movesOf({ events }: ReportData): Moved[] {
  return events.filter((event): event is Moved => event.type in FOUND);
}

function splitOf(event: Moved) {
  return event.type === 'backed-up' || event.type === 'split-set' ? event.split : event.live;
}

function moves(data: ReportData): Html | undefined {
  const { version } = data.rollout;
  const rows = movesOf(data).map((event) => {
    const share = splitOf(event).shares[version] ?? 0;
    return [time(event.at), FOUND[event.type], html`${split(splitOf(event))}${bar(share)}`];
  });
  return table(['When', 'How', 'Traffic'], rows);
}

/** How much of it the new version had. */
function bar(share: number): Html {
  return html`<span class="bar" aria-hidden="true"><span style="width: ${(100 * share) / WHOLE}%"></span></span>`;
}

type Judged = EventOf<'judged'>;

export interface Judging {
  readonly share: number;
  readonly since: number;
  readonly looks: readonly Judged[];
}

/** Each move of traffic begins new figures. */
export function judgings({ events, rollout }: ReportData): Judging[] {
  const found: Judging[] = [];
  let present: { share: number; since: number; looks: Judged[] } | undefined;
  for (const event of events) {
    if (isMove(event)) {
      present = { share: splitOf(event).shares[rollout.version] ?? 0, since: event.at, looks: [] };
      found.push(present);
    } else if (event.type === 'judged') present?.looks.push(event);
  }
  return found.filter(({ looks }) => looks.length > 0);
}

function isMove(event: Event): event is Moved {
  return event.type in FOUND;
}

function steps(data: ReportData, charts: readonly ReportChart[]): Html[] {
  return judgings(data).map((judging, step) => {
    const verdict = judging.looks.at(-1)?.verdict;
    return html`<h3>At ${percent(judging.share)}, from ${time(judging.since)} on</h3>
${verdict && figures(verdict)}
${lines(judging)}
${charts.filter((chart) => chart.step === step).map(picture)}`;
  });
}

function figures(verdict: Verdict): Html {
  const { canary, baseline, errorRatio, detectable, reasons, through } = verdict;
  const tone = verdict.answer === 'good' ? 'good' : verdict.answer === 'bad' ? 'bad' : 'open';
  return html`<p>${badge(tone, answerWord(verdict))} after the minutes up to ${time(through)}</p>
${list(reasons)}
${table(
  ['', 'Requests', 'Errors', 'Share of errors', 'Median', '95th percentile'],
  [row('New version', canary), row('Beside it', baseline)],
)}
${facts([
  errorRatio && [
    'Errors, new to old',
    `${errorRatio.low.toFixed(2)} to ${errorRatio.high.toFixed(2)} times (95 % interval)`,
  ],
  detectable === undefined
    ? undefined
    : ['Knowable with this traffic', `error changes from ${detectable.toFixed(1)} times on`],
])}`;
}

function row(name: string, { requests, errors, p50, p95 }: Figures): string[] {
  const ms = (value: number | undefined) => (value === undefined ? 'not known' : `${Math.round(value)} ms`);
  const share = requests === 0 ? 'not known' : `${((100 * errors) / requests).toFixed(2)} %`;
  return [name, requests.toLocaleString('en'), errors.toLocaleString('en'), share, ms(p50), ms(p95)];
}

/** What the judge had seen by each look since the step began. */
function lines({ looks }: Judging): Html {
  const errors = (side: 'canary' | 'baseline') =>
    series(looks, side, ({ requests, errors: failed }) =>
      requests === 0 ? undefined : (100 * failed) / requests,
    );
  const p95 = (side: 'canary' | 'baseline') => series(looks, side, (of) => of.p95);
  return html`<div class="charts">
${lineChart({ title: 'Share of errors since the step began', unit: '%', top: 1, lines: [errors('baseline'), errors('canary')] })}
${lineChart({ title: '95th percentile since the step began', unit: 'ms', top: 10, lines: [p95('baseline'), p95('canary')] })}
</div>`;
}

function series(
  looks: readonly Judged[],
  side: 'canary' | 'baseline',
  value: (of: Figures) => number | undefined,
): Line {
  const points = looks.flatMap(({ verdict }) => {
    const y = value(verdict[side]);
    return y === undefined ? [] : [{ x: verdict.through, y }];
  });
  return { name: side === 'canary' ? 'new version' : 'beside it', side, points };
}

function picture({ title, png }: ReportChart): Html {
  const data = Buffer.from(png).toString('base64');
  return html`<figure><figcaption>${title}</figcaption><img alt="${title}" src="data:image/png;base64,${data}"></figure>`;
}
