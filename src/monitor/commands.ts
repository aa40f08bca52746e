import type { Verdict } from '../plan/verdict.ts';

/** What came of a command of the team's own that was run beside the figures. */
export interface CommandRan {
  readonly name: string;
  readonly ok: boolean;
  /** How it failed, as it follows its name: "ended with 3". */
  readonly why: string;
  /** The end of what it wrote. */
  readonly tail: string;
}

const NONE = { requests: 0, errors: 0 };

/**
 * The judge's word and that of the team's own commands as one: whoever says no is right, and failures come first.
 * @param judged undefined when the plan asks for no figures.
 * @param through end of the window's last whole minute, in milliseconds since the epoch.
 */
export function judgeWithCommands(
  judged: Verdict | undefined,
  ran: readonly CommandRan[],
  through: number,
): Verdict {
  const failed = ran.filter(({ ok }) => !ok).map(sayFailure);
  const passed = ran.length === 0 ? [] : [`Passed: ${ran.map(({ name }) => name).join(', ')}.`];
  if (judged) {
    if (failed.length > 0) {
      // A command has its say in rehearsal, too.
      const { rehearsal: _, ...rest } = judged;
      return { ...rest, answer: 'bad', reasons: [...failed, ...judged.reasons] };
    }
    return { ...judged, reasons: [...judged.reasons, ...passed] };
  }
  const alone = { canary: NONE, baseline: NONE, through };
  if (failed.length > 0) return { answer: 'bad', reasons: failed, ...alone };
  if (ran.length === 0) return { answer: 'no-data', reasons: [NOTHING_ASKED], ...alone };
  return { answer: 'good', reasons: [...passed, NO_FIGURES_ASKED], ...alone };
}

const NOTHING_ASKED =
  'The plan asks for neither figures nor commands, so nothing can be told. Correct the plan.';
const NO_FIGURES_ASKED = 'The plan asks for no figures: the commands alone decided.';

/** As much of a line as can be taken in at a glance. */
const LONGEST_LINE = 160;

function sayFailure({ name, why, tail }: CommandRan): string {
  const said = lastLine(tail);
  return said === '' ? `${name} ${why}.` : `${name} ${why}: ${said}`;
}

/** The last line of some output that says anything, cut to what fits into a sentence. */
export function lastLine(output: string): string {
  const line =
    output
      .split('\n')
      .findLast((one) => one.trim() !== '')
      ?.trim() ?? '';
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE - 3)}...` : line;
}
