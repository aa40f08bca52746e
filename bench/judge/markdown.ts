export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** "1.2 % [0.6 %, 2.6 %]": a part of `n`, with Wilson's interval of 95 %. */
export function withInterval(part: number, n: number): string {
  return `${percent(part)} [${wilson(part, n).map(percent).join(', ')}]`;
}

function wilson(p: number, n: number): [number, number] {
  const z = 1.96;
  const middle = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
