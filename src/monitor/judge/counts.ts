import { coldShare } from './cold.ts';
import { BEFORE_AND_AFTER, COLD, CUSTOM, ERROR_LOGS, ERRORS, ownWeight, WEIGHT } from './constants.ts';
import { type Finding, type JudgeHeader, type MinuteFigures, type Pair, sumOf } from './figures.ts';
import { overOnsets } from './onset.ts';
import { type RareMargins, rareEvidence, ratePrior, ratioSince, withJumps } from './rare.ts';

/** Judges one count of a window at minute `now` of it. */
export type CountJudge = (pairs: readonly Pair[], now: number) => Finding;

/** Failed requests. */
export function errorJudge(header: JudgeHeader): CountJudge {
  return countJudge(header, {
    channel: '5xx',
    weight: WEIGHT.errors,
    margins: ERRORS,
    matters: ERRORS.matters,
    count: (minute) => minute.errors,
    failing: COLD.failing,
  });
}

/**
 * Lines beyond those of failed requests. Where failures come late, their own lines look like such: a minute without a
 * failure that ought to have some is waited for.
 */
export function errorLogJudge(header: JudgeHeader): CountJudge {
  const past = totalOf(header.history);
  const awaited = (rate: number) => (pair: Pair) =>
    pair.canary?.errors === 0 && pair.canary.requests * rate > FAILURES_AWAITED;
  return countJudge(header, {
    late: (pairs) => {
      const now = totalOf(pairs.flatMap((pair) => pair.baseline ?? []));
      return awaited((past.errors + now.errors) / Math.max(1, past.requests + now.requests));
    },
    channel: 'error logs',
    weight: WEIGHT.errorLogs,
    margins: ERROR_LOGS,
    matters: ERROR_LOGS.matters,
    count: (minute) => minute.errorLogs,
    failing: 0,
  });
}

/** Declared signals such as orders or logins, each with the direction that is bad. */
export function customJudges(header: JudgeHeader): CountJudge[] {
  return Object.entries(header.directions).map(([name, direction]) => {
    const decrease = direction === 'decrease_bad';
    const turned = (ratio: number) => (decrease ? 1 / ratio : ratio);
    return countJudge(header, {
      channel: name,
      weight: ownWeight(header),
      margins: {
        ...CUSTOM,
        nullRatio: turned(CUSTOM.nullRatio),
        multiples: CUSTOM.multiples.map(turned),
      },
      matters: turned(CUSTOM.matters),
      count: (minute) => minute.custom[name] ?? 0,
      failing: 0,
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
  /** Tells in which minutes something that this count leans on has not arrived. */
  readonly late?: (pairs: readonly Pair[]) => (pair: Pair) => boolean;
}

function countJudge(header: JudgeHeader, channel: CountChannel): CountJudge {
  const withControl = header.canaryShare < 1;
  const sideOf = (minute: MinuteFigures | undefined) =>
    minute ? { n: minute.requests, x: channel.count(minute) } : NOTHING;
  const history = header.history.map(sideOf);
  const wide = withControl ? 1 : BEFORE_AND_AFTER.rates.nullRatio / ERRORS.nullRatio;
  const fewer = channel.matters < 1;
  const { nullRatio } = channel.margins;
  const matters =
    withControl || fewer
      ? channel.matters
      : channel.matters * (BEFORE_AND_AFTER.rates.matters / ERRORS.matters);
  const margins = { ...channel.margins, nullRatio: fewer ? nullRatio / wide : nullRatio * wide };
  return (pairs, now) => {
    const late = channel.late?.(pairs) ?? (() => false);
    const all = pairs.map((pair) => ({
      m: pair.m,
      canary: sideOf(pair.canary),
      baseline: sideOf(pair.baseline),
      late: late(pair),
    }));
    const prior = ratePrior([...history, ...all.map((row) => row.baseline)], channel.margins);
    // A series that is written only when something failed may come after the rest of its minute: a zero that is hard
    // to believe is waited for, and so is a side that is missing.
    const unsettled = (row: (typeof all)[number]) =>
      now - row.m <= header.maxDelayMin + 1 &&
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
    const { evidence, since } = overOnsets(
      rareEvidence(rows, jumpy, margins, withControl),
      header.durationMin,
    );
    const effect = rows.length > 0 ? ratioSince(rows, since, prior, fewer ? 'fewer' : 'more') : undefined;
    return {
      channel: channel.channel,
      evidence: evidence + Math.log(channel.weight),
      effect,
      matters: effect !== undefined && (fewer ? effect <= matters : effect >= matters),
    };
  };
}

const NOTHING = { n: 0, x: 0 };

function totalOf(minutes: readonly MinuteFigures[]) {
  return { errors: sumOf(minutes, (m) => m.errors), requests: sumOf(minutes, (m) => m.requests) };
}

/** So many bad ones expected of the control, and none there. */
const IMPLAUSIBLE = 2;
/** So many failures expected of the canary, and none there yet: its log lines are not told from theirs. */
const FAILURES_AWAITED = 0.7;
