import { expect, it } from 'vitest';
import { takeTurns } from '../../src/deploy/turns.ts';

it('a loop lets everybody else have their turn', async () => {
  let others = false;
  setImmediate(() => {
    others = true;
  });
  const turn = takeTurns();
  // Without turns this would never end.
  while (!others) await turn();
  expect(others).toBe(true);
});

it('a loop ends where it is called off', async () => {
  const stop = new AbortController();
  setImmediate(() => stop.abort(new Error('Called off.')));
  const turn = takeTurns(stop.signal);
  const loop = async () => {
    for (;;) await turn();
  };
  await expect(loop()).rejects.toThrow('Called off.');
});
