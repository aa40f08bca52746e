import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { SandboxClock } from '../clock.ts';
import { faultMet } from '../faulty-listener.ts';
import type { Documents } from './documents.ts';
import { type JsonObject, objectAt, textAt } from './json.ts';
import { Refusal, rpcStatus } from './refusal.ts';
import { timestamp } from './resources.ts';

/** Ended operations that can still be asked for. */
const KEPT = 200;

const PACKAGE = 'google.appengine.v1';

interface Operation {
  readonly id: string;
  /** `Versions.CreateVersion` and the like. */
  readonly method: string;
  /** The resource that is locked meanwhile, without the leading `apps/P/`; empty for the application itself. */
  readonly target: string;
  readonly insertedAt: number;
  readonly change: JsonObject;
  /** google.rpc.Status that a fault has it end with, in place of the change. */
  readonly fails?: JsonObject;
  readonly endedAt?: number;
  /** google.rpc.Status. */
  readonly error?: JsonObject;
  readonly response?: JsonObject;
}

/** Carries out what an operation was started for and gives its response, with `@type`. @throws Refusal */
export type Apply = (change: JsonObject) => Promise<JsonObject>;

/**
 * Long-running operations. Each is a document from its start, so that one which a crash interrupted is finished by the
 * next process. Two on the same resource, or on one and its parent, are refused as App Engine refuses them.
 */
export class Operations {
  readonly #project: string;
  readonly #documents: Documents;
  readonly #clock: SandboxClock;
  readonly #duration: number;
  readonly #apply: Apply;
  readonly #running = new Map<string, Operation>();
  readonly #ended: string[] = [];
  readonly #closing = new AbortController();
  #tail: Promise<void> = Promise.resolve();

  constructor(project: string, documents: Documents, clock: SandboxClock, duration: number, apply: Apply) {
    this.#project = project;
    this.#documents = documents;
    this.#clock = clock;
    this.#duration = duration;
    this.#apply = apply;
    // Every operation that runs waits on this one signal.
    setMaxListeners(0, this.#closing.signal);
    for (const operation of documents.list('operation/').map(asOperation)) {
      if (operation.endedAt !== undefined) this.#ended.push(operation.id);
      else this.#run(operation);
    }
  }

  /** @throws Refusal ABORTED while another operation holds the resource or its parent */
  start(method: string, target: string, change: JsonObject): JsonObject {
    for (const other of this.#running.values()) {
      if (other.target !== target && !target.startsWith(other.target === '' ? '' : `${other.target}/`))
        continue;
      throw new Refusal(
        'ABORTED',
        `Cannot operate on ${this.#name(target)} because an operation is already in progress for ${this.#name(other.target)} by ${other.id}.`,
      );
    }
    const operation: Operation = {
      id: randomUUID(),
      method,
      target,
      insertedAt: this.#clock.now(),
      change,
      ...failure(),
    };
    this.#documents.put(`operation/${operation.id}`, { ...operation });
    this.#run(operation, holdUp());
    return this.#resource(operation);
  }

  get(id: string): JsonObject {
    const found = this.#documents.get(`operation/${id}`);
    if (!found)
      throw new Refusal('NOT_FOUND', `Could not find operation '${id}' in application '${this.#project}'.`);
    return this.#resource(asOperation(found));
  }

  /** Newest first. */
  list(): JsonObject[] {
    return this.#documents
      .list('operation/')
      .toReversed()
      .map((one) => this.#resource(asOperation(one)));
  }

  /** What is being changed at a resource, and how far that is, from 0 to 1; undefined while nothing is. */
  underWay(target: string): { readonly change: JsonObject; readonly progress: number } | undefined {
    for (const { target: held, change, insertedAt, fails } of this.#running.values()) {
      if (held !== target || fails) continue;
      const progress = (this.#clock.now() - insertedAt) / this.#duration;
      return { change, progress: Math.min(1, Math.max(0, progress)) };
    }
    return undefined;
  }

  /** What those that ended well have changed, in the order in which they were begun. */
  done(): { readonly method: string; readonly endedAt: number; readonly change: JsonObject }[] {
    return this.#documents
      .list('operation/')
      .map(asOperation)
      .flatMap(({ method, endedAt, error, change }) =>
        endedAt === undefined || error ? [] : [{ method, endedAt, change }],
      );
  }

  /** Leaves what runs for the next process. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#tail;
  }

  #name(target: string): string {
    return target === '' ? `apps/${this.#project}` : `apps/${this.#project}/${target}`;
  }

  /** @param held until which the operation does not end, whatever its time. */
  #run(operation: Operation, held?: AbortSignal): void {
    this.#running.set(operation.id, operation);
    const left = operation.insertedAt + this.#duration - this.#clock.now();
    const wait = this.#clock.sleep(Math.min(Math.max(left, 0), this.#duration), this.#closing.signal);
    wait.then(
      () => {
        // One after the other: two that are due at once must not see each other half done.
        const finish = () => {
          this.#tail = this.#tail.then(() => this.#finish(operation));
        };
        if (held === undefined || held.aborted) finish();
        else held.addEventListener('abort', finish, { once: true });
      },
      // Only closing ends the wait early; the next process finds the operation in the documents.
      () => undefined,
    );
  }

  async #finish(operation: Operation): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const result = operation.fails
      ? { error: operation.fails }
      : await this.#apply(operation.change).then(
          (response) => ({ response }),
          (error: unknown) => ({ error: rpcStatus(asRefusal(error)) }),
        );
    const ended: Operation = { ...operation, endedAt: this.#clock.now(), ...result };
    this.#documents.put(`operation/${operation.id}`, { ...ended });
    this.#running.delete(operation.id);
    this.#ended.push(operation.id);
    const oldest = this.#ended.length > KEPT ? this.#ended.shift() : undefined;
    if (oldest !== undefined) this.#documents.delete(`operation/${oldest}`);
  }

  #resource({ id, method, target, insertedAt, endedAt, error, response }: Operation): JsonObject {
    return {
      name: `apps/${this.#project}/operations/${id}`,
      metadata: {
        '@type': `type.googleapis.com/${PACKAGE}.OperationMetadataV1`,
        method: `${PACKAGE}.${method}`,
        insertTime: timestamp(insertedAt),
        ...(endedAt === undefined ? {} : { endTime: timestamp(endedAt) }),
        user: 'somebody@example.com',
        target: this.#name(target),
      },
      ...(endedAt === undefined ? {} : { done: true }),
      ...(error ? { error } : {}),
      ...(response ? { response } : {}),
    };
  }
}

/** How a fault wants the operation to end that is being started. */
function failure(): Pick<Operation, 'fails'> {
  const fault = faultMet()?.fault;
  if (fault?.kind !== 'operation-fails') return {};
  const { code, message, details } = fault;
  return { fails: { code, message, ...(details.length > 0 && { details: details as JsonObject[] }) } };
}

/** What a fault has the operation wait for that is being started. */
function holdUp(): AbortSignal | undefined {
  const met = faultMet();
  return met?.fault.kind === 'operation-stuck' ? met.cleared : undefined;
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  return new Refusal('INTERNAL', error instanceof Error ? error.message : String(error));
}

function asOperation(document: JsonObject): Operation {
  return {
    id: textAt(document, 'id') ?? '',
    method: textAt(document, 'method') ?? '',
    target: textAt(document, 'target') ?? '',
    insertedAt: Number(document.insertedAt),
    change: objectAt(document, 'change'),
    ...(document.fails === undefined ? {} : { fails: objectAt(document, 'fails') }),
    ...(document.endedAt === undefined ? {} : { endedAt: Number(document.endedAt) }),
    ...(document.error === undefined ? {} : { error: objectAt(document, 'error') }),
    ...(document.response === undefined ? {} : { response: objectAt(document, 'response') }),
  };
}
