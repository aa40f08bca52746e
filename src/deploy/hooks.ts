import type { CloudError } from '../google/cloud-error.ts';

/** What an effect on the world tells its caller while it runs. */
export interface Hooks {
  /** Awaited before the operation is waited for, so that its name is on disk when the process dies meanwhile. */
  onOperation(name: string): Promise<void>;
  /** Told each time that a write must wait, with a short sentence that says for what. */
  onWait?(why: string): void;
  readonly signal?: AbortSignal;
}

/** @param what is to be written: "default", "version v2". */
export function sayWait(what: string, { kind, message }: CloudError): string {
  if (kind === 'conflict')
    return `Another operation at App Engine holds ${what}: waiting until it has ended.`;
  if (kind === 'quota') return `App Engine takes no more requests just now: waiting. ${message}`;
  return `App Engine gave no good answer: looking again. ${message}`;
}
