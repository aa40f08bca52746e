import type { Cell } from './cell.ts';

/** A table: point × step, with what its deaths came to. Cells of the same name in several scenarios are one line each. */
export function sayTable(cells: readonly Cell[]): string {
  const head = [
    'point',
    'step',
    'scenario',
    'traffic changes',
    'messages',
    'questions',
    'doubled',
    'lost',
    'end',
  ];
  const rows = cells
    .filter(({ struck }) => struck)
    .map((cell) => {
      const { moment, kind, nth, step } = cell.point;
      const point = `${moment} ${kind}${nth > 1 ? ` (${nth})` : ''}`;
      const figures = [cell.trafficChanges, cell.messages, cell.questions, cell.doubled, cell.lost].map(
        String,
      );
      return [point, step, cell.scenario, ...figures, cell.wrong.length === 0 ? 'as without' : 'WRONG'];
    })
    .toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
  const line = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
