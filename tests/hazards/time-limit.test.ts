import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { timeLimit } from '../../src/plan/time-limit.ts';

/** Collects whatever nothing holds, without a flag on the command line. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

test('a request that is never answered ends at its limit, although nothing else holds the limit', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const asked = Array.from({ length: 10 }, () => {
    const stop = new AbortController();
    return fetch(url, { signal: AbortSignal.any([timeLimit(300), stop.signal]) });
  });
  const collecting = setInterval(collectGarbage, 20);
  onTestFinished(() => clearInterval(collecting));
  const ended = await Promise.allSettled(asked);
  expect(ended.map((one) => one.status === 'rejected' && one.reason.name)).toEqual(
    Array(10).fill('TimeoutError'),
  );
});
