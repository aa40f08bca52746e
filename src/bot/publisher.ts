import type { Clock } from '../plan/clock.ts';
import type { Member } from '../plan/schema.ts';
import type { CronChange } from '../rollout/events.ts';
import type { Guard } from '../rollout/guard.ts';
import { type Gate, isOver, type Rollout } from '../rollout/state.ts';
import { carePosts } from './care/posts.ts';
import type { Outbox, Post } from './outbox.ts';
import type { Team } from './team/team.ts';
import { card } from './views/card.ts';
import { checklistSection, firstOpenSection } from './views/checklist.ts';
import { sharedDrift } from './views/drift.ts';
import type { AuditStanding } from './views/headline.ts';
import { notice } from './views/notice.ts';
import { question, reminder } from './views/question.ts';

/** Draws the figures of a rollout's present window; undefined when there are none to draw. */
export type DrawChart = (rollout: Rollout) => Promise<Uint8Array | undefined>;

export interface Publisher {
  /** Makes the chat say what the journal says. */
  publish(rollout: Rollout): void;
  /** A passing line for the card. */
  progress(rollout: Rollout, line: string): void;
  /** Puts a section of the checklist at the end of the chat, where people look. */
  showSection(rollout: Rollout, section: number): void;
}

/** Real milliseconds between two edits of a section: whoever ticks looks at it, and twenty ticks may come in a row. */
const SECTION_PACE = 2_000;
/** Commands may say thousands of lines a second: what was said last is shown this often, in real milliseconds. */
const PROGRESS_PACE = 500;

interface Known {
  readonly rollout: Rollout;
  /** A line from an effect, and the effect that it speaks of. */
  readonly progress?: { readonly effect: string; readonly line: string };
  /** Where the audit stood when the journal changed, so that a card does not change by itself. */
  readonly audit: AuditStanding;
}

/** Turns a rollout into the messages that should stand in its chat: the checklist, the card, its questions, its end. */
export function createPublisher(
  outbox: Outbox,
  team: Pick<Team, 'members'>,
  guard: Pick<Guard, 'bar'>,
  clock: Clock,
  drawChart: DrawChart,
  audit: () => AuditStanding,
): Publisher {
  const latest = new Map<string, Known>();
  const saidSince = new Set<string>();

  function show(rollout: Rollout): void {
    outbox.show(rollout.id, rollout.chat, () => posts(latest.get(rollout.id) ?? { rollout, audit: audit() }));
  }

  function posts({ rollout, progress, audit: standing }: Known): Post[] {
    const now = clock.now();
    const line = progress?.effect === rollout.pending?.effect.id ? progress?.line : undefined;
    const bar = guard.bar(rollout.service, now);
    const moment = { now, audit: standing, ...(line && { progress: line }), ...(bar && { bar }) };
    const end = notice(rollout, bar);
    return [
      ...sectionPosts(rollout, line),
      // While the checklist is walked its sections are what people look at; the card follows below them.
      {
        key: 'card',
        view: card(rollout, moment),
        loud: false,
        fresh: rollout.stage.at !== 'checklist',
        // With the head of the audit on it, and with what people look for.
        pinned: !isOver(rollout.stage),
      },
      ...rollout.gates.map((gate) => questionPost(rollout, gate, team.members(), drawChart)),
      ...rollout.gates.flatMap((gate) => reminderPosts(rollout, gate, team.members())),
      ...(rollout.sharedDrifts ?? []).map(({ at, change }) => sharedPost(rollout, at, change)),
      ...(end ? [{ key: `end-${end.key}`, view: end.view, loud: true, fresh: true }] : []),
      ...carePosts(rollout, team.members(), now),
    ];
  }

  return {
    publish(rollout) {
      if (rollout.closed) {
        latest.delete(rollout.id);
        // Once more, so that no button is left which nothing answers to.
        show(rollout);
        outbox.finish(rollout.id);
        return;
      }
      latest.set(rollout.id, { ...latest.get(rollout.id), rollout, audit: audit() });
      show(rollout);
    },
    progress(rollout, line) {
      const effect = rollout.pending?.effect.id;
      if (effect === undefined) return;
      const { id } = rollout;
      const known = latest.get(id) ?? { audit: audit() };
      latest.set(id, { ...known, rollout, progress: { effect, line } });
      if (saidSince.has(id)) return;
      saidSince.add(id);
      setTimeout(() => {
        saidSince.delete(id);
        const known = latest.get(id);
        if (known) show(known.rollout);
      }, PROGRESS_PACE).unref();
    },
    showSection(rollout, section) {
      outbox.again(rollout.id, sectionKey(section));
    },
  };
}

/**
 * The sections are posts like any other, not messages of somebody's walk: whoever ticks, and whatever a command finds,
 * all see it. The first section with something open is posted by itself, a later one when somebody turns to it.
 */
function sectionPosts(rollout: Rollout, progress: string | undefined): Post[] {
  const next = rollout.stage.at === 'checklist' ? firstOpenSection(rollout) : undefined;
  return rollout.terms.checklist.flatMap((_, section) => {
    const view = checklistSection(rollout, section, progress);
    const post = { key: sectionKey(section), loud: false, fresh: section === next, pace: SECTION_PACE };
    return view ? [{ ...post, view }] : [];
  });
}

function sectionKey(section: number): string {
  return `section-${section}`;
}

function sharedPost(rollout: Rollout, at: number, change: CronChange): Post {
  return { key: `shared-${at}`, view: { html: sharedDrift(rollout, change).text }, loud: true, fresh: true };
}

/** Below all that was said since the question: people look at the end of a chat. */
function reminderPosts(rollout: Rollout, gate: Gate, people: readonly Member[]): Post[] {
  const view = reminder(rollout, gate, people);
  const key = `${gate.id}-${gate.revision}-reminder`;
  return view ? [{ key, view, loud: true, fresh: gate.outcome === undefined }] : [];
}

/** Asked because of what the judge has found. */
function isJudged({ topic }: Gate): boolean {
  return topic.kind === 'promote' || (topic.kind === 'roll-back' && !topic.asker);
}

function questionPost(rollout: Rollout, gate: Gate, people: readonly Member[], drawChart: DrawChart): Post {
  const picture = gate.verdict && isJudged(gate) ? () => drawChart(rollout) : undefined;
  return {
    key: `${gate.id}-${gate.revision}`,
    view: question(rollout, gate, people),
    loud: true,
    fresh: gate.outcome === undefined,
    ...(picture && { picture }),
  };
}
