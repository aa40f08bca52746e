/** What an effect on the world tells its caller while it runs. */
export interface Hooks {
  /** Awaited before the operation is waited for, so that its name is on disk when the process dies meanwhile. */
  onOperation(name: string): Promise<void>;
  readonly signal?: AbortSignal;
}
