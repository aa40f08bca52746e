/** One line of what `sluice doctor` says. */
export interface Finding {
  /** `open`: nothing is wrong, and nothing could be checked. */
  readonly mark: 'good' | 'wrong' | 'open';
  readonly about: string;
  readonly says: string;
  /** What to do about it. */
  readonly todo?: string;
}

/** Yields findings as they are made and returns what the checks after it need; undefined when that is not to be had. */
export type Examination<T = void> = AsyncGenerator<Finding, T>;

export function good(about: string, says: string): Finding {
  return { mark: 'good', about, says };
}

export function wrong(about: string, says: string, todo?: string): Finding {
  return { mark: 'wrong', about, says, ...(todo && { todo }) };
}

export function open(about: string, says: string): Finding {
  return { mark: 'open', about, says };
}

const MARKS: Record<Finding['mark'], string> = { good: '✓', wrong: '✗', open: '–' };

export function print({ mark, about, says, todo }: Finding): string {
  const lines = says.split('\n').map((line) => `${MARKS[mark]} ${about}: ${line}`);
  return [...lines, ...(todo ? todo.split('\n').map((line) => `    ${line}`) : [])].join('\n');
}
