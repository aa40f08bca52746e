/**
 * Keeps the process until it is asked to end, or until `ended` does; then closes everything, last opened first. A
 * second Ctrl-C does not wait. Does not come back but by an error.
 */
export async function liveUntilStopped(ended: Promise<void>, close: () => Promise<void>): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
    }
  });
  try {
    await Promise.race([asked, ended]);
  } finally {
    await close();
  }
  // Attempts to reach a Telegram that never answered are still under way, and nobody waits for them.
  process.exit();
}
