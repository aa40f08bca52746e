/** What a finding is about, as people call it in the plan: the tails belong to the latency. */
export function subjectOf(channel: string): string {
  if (channel === '5xx') return 'errors';
  if (channel === 'error logs') return 'errorLogs';
  return isTail(channel) ? 'latency' : channel;
}

/** "p99.8", "p99 to 1 s". */
export function isTail(channel: string): boolean {
  return /^p\d/.test(channel);
}
