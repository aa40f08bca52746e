import pLimit from 'p-limit';
import type { Clock } from '../plan/clock.ts';
import { MINUTE } from '../plan/duration.ts';
import { timeLimit } from '../plan/time-limit.ts';
import type { Line } from './line.ts';
import type { Cloud } from './ports.ts';
import { compareShared, isLookedAfter, type Sight, versionsOfInterest, whatIsSeen } from './sighting.ts';
import { isOver, type Rollout } from './state.ts';

/** Services that are looked at at a time. */
const AT_ONCE = 8;
/** Real milliseconds for a look; the next one comes anyway. */
const PATIENCE_MS = 10_000;
/** Milliseconds from one look at a service to the next while a release is under way. */
const PACE = MINUTE;
/** The same for cron jobs and routing, and for traffic that is out and only looked after. */
const SLOW_PACE = 5 * MINUTE;

export interface PatrolParts {
  readonly cloud: Pick<Cloud, 'see' | 'listShared'>;
  readonly clock: Clock;
  /** A look failed: nothing stops for it, but somebody should know. */
  readonly blind: (rollout: Rollout, error: Error) => void;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** Notices what another hand does to traffic, versions and cron jobs, and puts it on record. */
export interface Patrol {
  /** Looks at every service that is due. Resolves when these looks are over. */
  round(lines: readonly Line[]): Promise<void>;
}

/** What is remembered of a service. Times are milliseconds since the epoch. */
interface Beat {
  looked: number;
  cron: number;
  under: boolean;
}

export function createPatrol({ cloud, clock, blind, stopping }: PatrolParts): Patrol {
  const beats = new Map<string, Beat>();
  const limit = pLimit(AT_ONCE);

  return {
    async round(lines) {
      const watched = new Map<string, Line[]>();
      for (const line of watchedOf(lines)) {
        const { service } = line.rollout;
        watched.set(service, [...(watched.get(service) ?? []), line]);
      }
      for (const service of beats.keys()) if (!watched.has(service)) beats.delete(service);
      const now = clock.now();
      await Promise.all([...watched].map(([service, own]) => visit(service, own, now)));
    },
  };

  async function visit(service: string, lines: readonly Line[], now: number): Promise<void> {
    const beat = beats.get(service) ?? { looked: -Infinity, cron: -Infinity, under: false };
    beats.set(service, beat);
    if (beat.under || now < dueAt(lines, beat)) return;
    beat.under = true;
    beat.looked = now;
    try {
      await limit(() => look(service, lines));
      if (now >= beat.cron + SLOW_PACE) {
        beat.cron = now;
        await limit(() => lookAtShared(lines));
      }
    } finally {
      beat.under = false;
    }
  }

  async function look(service: string, lines: readonly Line[]): Promise<void> {
    const before = new Map(lines.map((line) => [line, line.rollout]));
    const versions = [...new Set(lines.flatMap(({ rollout }) => versionsOfInterest(rollout)))];
    const see = () => cloud.see(service, versions, patient());
    try {
      let sight = await see();
      // A read may be behind for a moment: what is different is looked at twice.
      if (sight && lines.some(({ rollout }) => isStrange(rollout, sight as Sight))) sight = await see();
      if (!sight) throw new Error(`There is no service ${service} any more.`);
      const seen = sight;
      await Promise.all(
        lines.map((line) =>
          line.change((rollout) => ({
            facts: isSame(rollout, before.get(line)) ? whatIsSeen(rollout, seen) : [],
          })),
        ),
      );
    } catch (error) {
      tell(lines, error as Error);
    }
  }

  /** Told once, and nothing waits for it: neither has a part in the split. */
  async function lookAtShared(lines: readonly Line[]): Promise<void> {
    const releases = lines.filter(({ rollout }) => !isOver(rollout.stage));
    if (releases.length === 0) return;
    try {
      const shared = await cloud.listShared(patient());
      for (const line of releases) {
        await line.change(({ sharedSeen, stage }) => {
          if (isOver(stage)) return { facts: [] };
          const change = sharedSeen && compareShared(sharedSeen, shared);
          return {
            facts: sharedSeen && !change ? [] : [{ type: 'shared-seen', shared, ...(change && { change }) }],
          };
        });
      }
    } catch (error) {
      tell(releases, error as Error);
    }
  }

  function patient(): AbortSignal {
    return AbortSignal.any([stopping, timeLimit(PATIENCE_MS)]);
  }

  function tell(lines: readonly Line[], error: Error): void {
    if (stopping.aborted) return;
    for (const { rollout } of lines) blind(rollout, error);
  }
}

/** While a newer release of the service is under way, what is out is that one's business. */
function watchedOf(lines: readonly Line[]): Line[] {
  const busy = new Set(
    lines.filter(({ rollout }) => !isOver(rollout.stage)).map(({ rollout }) => rollout.service),
  );
  return lines.filter(({ rollout }) => {
    if (!isLookedAfter(rollout)) return false;
    return !isOver(rollout.stage) || !busy.has(rollout.service);
  });
}

function dueAt(lines: readonly Line[], { looked }: Beat): number {
  const release = lines.some(({ rollout }) => !isOver(rollout.stage));
  // Reads may be behind a move of the rollout's own.
  const settled = Math.max(...lines.map(({ rollout }) => (rollout.movedAt ?? -Infinity) + PACE));
  return Math.max(looked + (release ? PACE : SLOW_PACE), settled);
}

function isStrange(rollout: Rollout, sight: Sight): boolean {
  return whatIsSeen(rollout, sight).some(({ type }) => type === 'drifted');
}

/** Nothing that a sight is compared with has moved meanwhile. */
function isSame(now: Rollout, before: Rollout | undefined): boolean {
  return now.live === before?.live && now.movedAt === before?.movedAt && now.stage.at === before?.stage.at;
}
