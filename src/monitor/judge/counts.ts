import { coldShare } from './cold.ts';
import { BEFORE_AND_AFTER, COLD, CUSTOM, ERROR_LOGS, ERRORS, WEIGHT } from './constants.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { overOnsets } from './onset.ts';
import { type RareMargins, rareEvidence, ratePrior, ratioSince, withJumps } from './rare.ts';

/** Failed requests. */
export function judgeErrors(header: JudgeHeader, pairs: readonly Pair[], now: number): Finding {
  return judgeCount(header, pairs, {
    channel: '5xx',
    weight: WEIGHT.errors,
    margins: ERRORS,
    matters: ERRORS.matters,
    count: (minute) => minute.errors,
    failing: COLD.failing,
    now,
  });
}

/**
 * Lines beyond those of failed requests. Where failures come late, their own lines look like such: a minute without a
 * failure that ought to have some is waited for.
 */
export function judgeErrorLogs(header: JudgeHeader, pairs: readonly Pair[], now: number): Finding {
  const known = [...header.history, ...pairs.flatMap((pair) => pair.baseline ?? [])];
  const rate =
    sumOf(known, (m) => m.errors) /
    Math.max(
      1,
      sumOf(known, (m) => m.requests),
    );
  return judgeCount(header, pairs, {
    late: ({ canary }) => canary?.errors === 0 && canary.requests * rate > FAILURES_AWAITED,
    channel: 'error logs',
    weight: WEIGHT.errorLogs,
    margins: ERROR_LOGS,
    matters: ERROR_LOGS.matters,
    count: (minute) => minute.errorLogs,
    failing: 0,
    now,
  });
}

/** Declared signals such as orders or logins, each with the direction that is bad. */
export function judgeCustom(header: JudgeHeader, pairs: readonly Pair[], now: number): Finding[] {
  const declared = Object.entries(header.directions);
  return declared.map(([name, direction]) => {
    const decrease = direction === 'decrease_bad';
    const turned = (ratio: number) => (decrease ? 1 / ratio : ratio);
    return judgeCount(header, pairs, {
      channel: name,
      weight: WEIGHT.custom / declared.length,
      margins: {
        ...CUSTOM,
        nullRatio: turned(CUSTOM.nullRatio),
        multiples: CUSTOM.multiples.map(turned),
      },
      matters: turned(CUSTOM.matters),
      count: (minute) => minute.custom[name] ?? 0,
      failing: 0,
      now,
    });
  });
}

interface CountChannel {
  readonly channel: string;
  readonly weight: number;
  readonly margins: RareMargins;
  readonly matters: number;
  readonly count: (minute: MinuteFigures) => number;
  /** Part of the cold starts that may be counted although nothing is wrong. */
  readonly failing: number;
  /** Minute of the decision. */
  readonly now: number;
  /** Whether something that this count leans on has not arrived. */
  readonly late?: (pair: Pair) => boolean;
}

function judgeCount(header: JudgeHeader, pairs: readonly Pair[], channel: CountChannel): Finding {
  const withControl = header.canaryShare < 1;
  const sideOf = (minute: MinuteFigures | undefined) =>
    minute ? { n: minute.requests, x: channel.count(minute) } : { n: 0, x: 0 };
  const all = pairs.map((pair) => ({
    m: pair.m,
    canary: sideOf(pair.canary),
    baseline: sideOf(pair.baseline),
    late: channel.late?.(pair) ?? false,
  }));
  const prior = ratePrior(
    [...header.history.map(sideOf), ...all.map((row) => row.baseline)],
    channel.margins.sharedSpread,
  );
  // A series that is written only when something failed may come after the rest of its minute: a zero that is hard to
  // believe is waited for, and so is a side that is missing.
  const unsettled = (row: (typeof all)[number]) =>
    channel.now - row.m <= header.maxDelayMin + 1 &&
    (row.late ||
      (withControl &&
        (row.baseline.n === 0 || (row.baseline.x === 0 && row.baseline.n * prior.rate > IMPLAUSIBLE))));
  const rows = all
    .filter((row) => row.canary.n > 0 && !unsettled(row))
    .map((row) => ({
      ...row,
      excused: header.coldStartsApart ? 0 : channel.failing * coldShare(row.m, row.canary.n),
    }));
  const jumpy = withControl ? withJumps(prior, rows) : prior;
  const wide = withControl ? 1 : BEFORE_AND_AFTER.rates.nullRatio / ERRORS.nullRatio;
  const margins = {
    ...channel.margins,
    nullRatio:
      channel.margins.nullRatio < 1 ? channel.margins.nullRatio / wide : channel.margins.nullRatio * wide,
  };
  const { evidence, since } = overOnsets(rareEvidence(rows, jumpy, margins, withControl), header.durationMin);
  const effect =
    rows.length > 0 ? ratioSince(rows, since, prior, channel.matters < 1 ? 'fewer' : 'more') : undefined;
  return {
    channel: channel.channel,
    evidence: evidence + Math.log(channel.weight),
    effect,
    matters:
      effect !== undefined && (channel.matters < 1 ? effect <= channel.matters : effect >= channel.matters),
  };
}

/** So many bad ones expected of the control, and none there. */
const IMPLAUSIBLE = 2;
/** So many failures expected of the canary, and none there yet: its log lines are not told from theirs. */
const FAILURES_AWAITED = 0.7;
