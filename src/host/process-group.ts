/** Groups that must not outlive this process. */
const groups = new Set<number>();

/** Remembers the group of a child that leads one, until {@link forget}. */
export function remember(leader: number): void {
  if (groups.size === 0) process.once('exit', endAll);
  groups.add(leader);
}

export function forget(leader: number): void {
  groups.delete(leader);
  if (groups.size === 0) process.off('exit', endAll);
}

/** @returns false when nobody of the group is left. */
export function signalGroup(leader: number, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // EPERM: the last of the group has become somebody else, which leaves nothing to be ended.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}

function endAll(): void {
  for (const leader of groups) signalGroup(leader, 'SIGKILL');
}
