import type { Entry } from './line.ts';

/** Facts of records without numbers that are remembered each; no such record keeps more than 300. */
const KEPT = 1000;
/** Rollouts remembered after they were closed: one is looked at again only if the process died as it was closed. */
const CLOSED = 300;

/** {@link Marks} as a document. */
export interface MarksRecord {
  readonly rollouts: readonly (readonly [id: string, revision: number, closed: boolean])[];
  readonly numbered: readonly (readonly [record: string, revision: number])[];
  readonly others: readonly (readonly [record: string, facts: readonly string[]])[];
}

/** How far the audit has come with each journal and record, so that nothing is left out and nothing told twice. */
export class Marks {
  readonly #rollouts = new Map<string, { readonly revision: number; readonly closed: boolean }>();
  readonly #numbered = new Map<string, number>();
  readonly #others = new Map<string, Set<string>>();

  constructor(record?: MarksRecord) {
    for (const [id, revision, closed] of record?.rollouts ?? []) this.#rollouts.set(id, { revision, closed });
    for (const [name, revision] of record?.numbered ?? []) this.#numbered.set(name, revision);
    for (const [name, facts] of record?.others ?? []) this.#others.set(name, new Set(facts));
  }

  /** Events of a rollout's journal that the audit has. */
  of(rollout: string): number {
    return this.#rollouts.get(rollout)?.revision ?? 0;
  }

  /** Rollouts whose end the audit has not told. */
  open(): string[] {
    return [...this.#rollouts].filter(([, { closed }]) => !closed).map(([id]) => id);
  }

  /** The audit has it. What belongs to no journal and no record is always new. */
  has({ record, rollout, revision, fact }: Entry): boolean {
    if (record !== undefined && revision !== undefined) return revision <= (this.#numbered.get(record) ?? 0);
    if (record !== undefined) return fact !== undefined && (this.#others.get(record)?.has(fact) ?? false);
    return rollout !== undefined && revision !== undefined && revision <= this.of(rollout);
  }

  /** Notes that the audit has it. @returns what takes that back. */
  note({ record, rollout, revision, fact, act }: Entry): () => void {
    if (record !== undefined && revision !== undefined) return this.#set(this.#numbered, record, revision);
    if (record !== undefined) return fact === undefined ? () => {} : this.#add(record, fact);
    if (rollout === undefined || revision === undefined) return () => {};
    return this.#set(this.#rollouts, rollout, { revision, closed: act === 'closed' });
  }

  /** Forgets what nobody asks for any more. */
  trim(): void {
    const closed = [...this.#rollouts].filter(([, rollout]) => rollout.closed);
    for (const [id] of closed.slice(0, -CLOSED)) this.#rollouts.delete(id);
    for (const facts of this.#others.values())
      for (const fact of [...facts].slice(0, -KEPT)) facts.delete(fact);
  }

  record(): MarksRecord {
    return {
      rollouts: [...this.#rollouts].map(([id, { revision, closed }]) => [id, revision, closed]),
      numbered: [...this.#numbered],
      others: [...this.#others].map(([name, facts]) => [name, [...facts]]),
    };
  }

  #set<T>(map: Map<string, T>, key: string, value: T): () => void {
    const before = map.get(key);
    // The newest last, so that trimming takes the oldest.
    map.delete(key);
    map.set(key, value);
    return () => void (before === undefined ? map.delete(key) : map.set(key, before));
  }

  #add(record: string, fact: string): () => void {
    const facts = this.#others.get(record) ?? new Set<string>();
    this.#others.set(record, facts);
    facts.add(fact);
    return () => void facts.delete(fact);
  }
}
