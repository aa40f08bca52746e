import type { Bar } from './guard.ts';

/** What keeps a release back, in the words of every place that tells it. */
export interface BarWords {
  /** By whom, since or until when, and why: a sentence. */
  readonly what: string;
  /** Who ends it; the command follows. */
  readonly end: string;
  readonly command: string;
}

/** How times are told: by default to the minute, in UTC. */
export interface TimeWords {
  since(at: number): string;
  /** With the word "until". */
  until(at: number): string;
}

const PLAIN: TimeWords = { since: sayMinute, until: (at) => `until ${sayMinute(at)}` };

export function barWords(service: string, bar: Bar, times = PLAIN): BarWords {
  const said = bar.why.trim();
  const why = /[.!?…]$/.test(said) ? said : `${said}.`;
  if (bar.kind === 'lock') {
    const by = bar.by?.name ?? 'a rollback';
    return {
      what: `${service} is locked by ${by} since ${times.since(bar.since)}: ${why}`,
      end: 'An approver or admin ends it:',
      command: `/unlock ${service} REASON`,
    };
  }
  const by = bar.by?.name ?? 'the plan';
  const until = bar.until === undefined ? 'until somebody ends it' : times.until(bar.until);
  return {
    what: `Releases are frozen by ${by} ${until}: ${why}`,
    end: `An approver or admin ends it${bar.until === undefined ? '' : ' before'}:`,
    command: '/unfreeze REASON',
  };
}

/** Why a release cannot go on now, and who ends that, as plain text. */
export function sayBar(service: string, bar: Bar): string {
  const { what, end, command } = barWords(service, bar);
  return `${what} ${end} ${command}.`;
}

function sayMinute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
