import type { Calibration, CalibrationRow, Peak, Tally } from './calibration.ts';
import { leastShown } from './calibration.ts';
import { sayThreshold } from './threshold.ts';

/** Windows that are kept and do not count, by why. */
export interface LeftOut {
  readonly unsound: number;
  readonly open: number;
  readonly gone: number;
  readonly incomparable: number;
  readonly unreadable: number;
}

/** For people: what was judged again, a table, and what it means. Ends with a line break. */
export function sayCalibration({ service, rows, usual, alarms }: Calibration, leftOut: LeftOut): string {
  const windows = usual.healthy?.windows ?? 0;
  const lines = [
    `${service}: ${count(windows, 'healthy window')} judged again${sayLeftOut(leftOut)}.`,
    ...(usual.healthy
      ? ['', ...table(rows), '', meaning(usual, usual.healthy), ...sayAlarms(alarms), CENSORED]
      : [NONE]),
    ...(usual.itself ? [pastAlone(usual.itself)] : []),
    ...[0.01].flatMap((budget) => {
      const row = rows.find(({ falseAlarm }) => falseAlarm === budget);
      return row ? [`With falseAlarm: ${percent(budget)} in the plan: ${sayThreshold(row.inForce)}.`] : [];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** Without a single kept window. */
export function sayNothingKept(dataDir: string): string {
  return `No judged window is kept in ${dataDir} yet. A bot keeps each step's window once it is over: release a few times and come back, or set SLUICE_DATA_DIR to the folder of a bot that has.\n`;
}

const NONE =
  'None of them tells anything yet: a window counts once its release was let out wholly and has lasted for a day, or until the next one.';
const CENSORED =
  'A sound version that was called bad and rolled back for it is not among them, so the true share may be higher.';

function sayLeftOut({ unsound, open, gone, incomparable, unreadable }: LeftOut): string {
  const parts = [
    [unsound, 'of releases that were rolled back or given up'],
    [open, 'of releases that are not a day old'],
    [gone, 'whose journal is gone'],
    [incomparable, 'without anything to compare with'],
    [unreadable, 'that cannot be read'],
  ] as const;
  const some = parts.flatMap(([number, what]) => (number > 0 ? [`${number} ${what}`] : []));
  return some.length === 0 ? '' : `; left out: ${some.join(', ')}`;
}

function meaning({ falseAlarm, enough }: CalibrationRow, tally: Tally): string {
  const { alarms, windows, low, high, rate } = tally;
  const measure = `At the judge's own measure (${nats(enough)}, ${percent(falseAlarm)} of simulated windows)`;
  if (alarms > 0) {
    return `${measure} ${alarms} of ${windows} would have been called bad: ${percent(rate)} (${percent(low)} to ${percent(high)}).`;
  }
  return `${measure} none of ${windows} would have been called bad. So many windows cannot show less than ${percent(leastShown(windows))}.`;
}

/** Enough to look into on one day. */
const MOST_NAMED = 10;

function sayAlarms(alarms: readonly Peak[]): string[] {
  if (alarms.length === 0) return [];
  const named = alarms.slice(0, MOST_NAMED).map(({ name, evidence }) => `${name} (${nats(evidence)})`);
  const more = alarms.length > MOST_NAMED ? ` and ${alarms.length - MOST_NAMED} more` : '';
  return [
    `These are ${named.join(', ')}${more}. One that was worse and let out all the same is no false alarm: delete its file.`,
  ];
}

function pastAlone({ alarms, windows, high }: Tally): string {
  return `The old version against its own half hour before, as at a last step without a control: ${alarms} of ${count(windows, 'half hour')} would have been called bad (at most ${percent(high)}).`;
}

function table(rows: readonly CalibrationRow[]): string[] {
  const head = ['falseAlarm', 'threshold', 'would have been called bad', 'itself', 'in force'];
  const cells = rows.map(({ falseAlarm, enough, healthy, itself, inForce }) => [
    percent(falseAlarm),
    nats(enough),
    sayTally(healthy),
    sayTally(itself),
    `${nats(inForce.enough)}${inForce.from === 'own-past' ? ', own past' : ''}`,
  ]);
  const widths = head.map((title, i) => Math.max(...[head, ...cells].map((row) => (row[i] ?? title).length)));
  return [head, ...cells].map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function sayTally(tally: Tally | undefined): string {
  if (!tally) return 'none';
  return `${tally.alarms} of ${tally.windows}, ${percent(tally.low)} to ${percent(tally.high)}`;
}

function nats(evidence: number): string {
  return `${evidence.toFixed(2)} nats`;
}

function percent(part: number): string {
  const value = part * 100;
  return `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
