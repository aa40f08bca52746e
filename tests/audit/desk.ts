import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AUDITED_DOCUMENTS, entriesOf } from '../../src/adapters/audit-records.ts';
import { type Audit, openAudit } from '../../src/audit/audit.ts';
import type { Line } from '../../src/audit/line.ts';
import { type Evidence, verifyAudit } from '../../src/audit/verify.ts';
import type { Clock } from '../../src/plan/clock.ts';
import type { Store } from '../../src/rollout/ports.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { START } from '../rollout/world.ts';

/** A clock whose sleepers wake when they are told to. */
export class HandClock implements Clock {
  #now = START;
  #sleepers = new Set<() => void>();

  now(): number {
    return this.#now;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => resolve();
      this.#sleepers.add(wake);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(wake);
        reject(signal.reason);
      });
    });
  }

  /** Time passes, and whoever slept wakes. */
  pass(ms: number): void {
    this.#now += ms;
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }
}

/** A data folder with an audit in it, opened as a bot's process would. */
export interface AuditDesk {
  readonly folder: string;
  readonly path: string;
  readonly audit: Audit;
  /** The store below the audit: what a process that died left without telling. */
  readonly plain: Store;
  readonly clock: HandClock;
  readonly failures: string[];
  /** As it stands in the file. */
  lines(): Promise<Line[]>;
  /** What is wrong with the file, if anything. */
  problem(evidence?: Evidence): Promise<string | undefined>;
  /** The process dies, without a last word, and another one begins. */
  restart(): Promise<AuditDesk>;
}

export async function openDesk(folder?: string): Promise<AuditDesk> {
  const where = folder ?? (await mkdtemp(join(tmpdir(), 'sluice-audit-')));
  const failures: string[] = [];
  const clock = new HandClock();
  const plain = openFileStore(where);
  const audit = await openAudit({
    folder: where,
    store: plain,
    documents: AUDITED_DOCUMENTS,
    entriesOf,
    clock,
    peoplesClock: clock,
    failed: (what, error) => failures.push(`${what}: ${(error as Error).message}`),
  });
  await audit.store.complete();
  return {
    folder: where,
    path: audit.path,
    audit,
    plain,
    clock,
    failures,
    lines: async () =>
      (await readFile(audit.path, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Line),
    problem: async (evidence = {}) => (await verifyAudit(audit.path, evidence)).problem,
    restart: () => openDesk(where),
  };
}
