import { writeFileSync } from 'node:fs';

export type Unit = 'ms' | 'MB' | 's' | 'times' | 'count';

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  /** How many values it was made from. */
  readonly n: number;
  /** The median, or the figure itself where `p90` is absent. */
  readonly median: number;
  readonly p90?: number;
  /** What is wished for; at most this much. Nothing asserts it. */
  readonly wanted?: number;
  /** What is wished for where more is better. */
  readonly wantedAtLeast?: number;
}

/** The value under which a share `q` of the values lies, interpolated between neighbours. @throws when there is none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];
  if (low === undefined || high === undefined) throw new Error('There is no quantile of no values.');
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export function summary(what: string, unit: Unit, values: readonly number[], wanted?: number): Row {
  const row = { what, unit, n: values.length, median: median(values), p90: quantile(values, 0.9) };
  return wanted === undefined ? row : { ...row, wanted };
}

/** A figure that is no median, such as a ratio of two or a maximum, made from `n` values. */
export function figure(what: string, unit: Unit, value: number, n: number, wanted?: number): Row {
  const row = { what, unit, n, median: value };
  return wanted === undefined ? row : { ...row, wanted };
}

/** How many times faster one is than the other; made from `n` values of each. */
export function ratio(what: string, times: number, n: number, wantedAtLeast?: number): Row {
  const row = { what, unit: 'times', n, median: times } as const;
  return wantedAtLeast === undefined ? row : { ...row, wantedAtLeast };
}

export function table(rows: readonly Row[]): string {
  const lines = [
    ['what', 'n', 'median', 'p90', 'wanted', 'unit'],
    ...rows.map((row) => [
      row.what,
      String(row.n),
      readable(row.median),
      row.p90 === undefined ? '' : readable(row.p90),
      wish(row),
      row.unit,
    ]),
  ];
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((l) => l[column]?.length ?? 0)));
  const isText = (column: number) => column === 0 || column === 5;
  return lines
    .map((line) =>
      line
        .map((cell, i) => (isText(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function wish({ wanted, wantedAtLeast }: Row): string {
  if (wanted !== undefined) return `≤ ${wanted}`;
  return wantedAtLeast === undefined ? '' : `≥ ${wantedAtLeast}`;
}

/** Three significant digits are more than a shared machine can tell apart. */
function readable(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

export function writeJson(path: string, about: object, rows: readonly Row[]): void {
  writeFileSync(path, `${JSON.stringify({ ...about, rows }, null, 2)}\n`);
}
