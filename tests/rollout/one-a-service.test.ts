import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Hands } from '../../src/rollout/effects.ts';
import { createEngine, type Engine } from '../../src/rollout/engine.ts';
import { openGuard } from '../../src/rollout/guard.ts';
import { openFileStore } from '../../src/store/file-store.ts';
import { ADA, DRAFT, START } from './world.ts';

let folder: string;
let engine: Engine;
/** Services whose validation has begun; none of them ever ends. */
let validating: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-one-'));
  validating = [];
  const store = openFileStore(folder);
  const clock = { now: () => START, sleep: () => Promise.reject(new Error('Nothing sleeps here.')) };
  const validate: Hands['cloud']['validate'] = ({ service }, signal) => {
    validating.push(service);
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  engine = createEngine({
    store,
    clock,
    guard: await openGuard(store, [], clock),
    rolesOf: () => [],
    blind: () => {},
    hands: {
      monitor: {} as Hands['monitor'],
      cloud: { validate } as Hands['cloud'],
      scripts: {} as Hands['scripts'],
    },
    changed: () => {},
    progress: () => {},
    failed: (_, error) => expect.unreachable(String(error)),
  });
});

afterEach(async () => {
  await engine.stop();
  await rm(folder, { recursive: true, force: true });
});

function begin(id: string, service: string) {
  const terms = { ...DRAFT.terms, checklist: [] };
  return engine.begin({ ...DRAFT, id, service, version: `v-${id}`, terms }, ADA);
}

test('of several that begin at the same moment each service has one, and none waits for another service', async () => {
  const begun = await Promise.all([
    begin('a', 'default'),
    begin('b', 'default'),
    begin('c', 'api'),
    begin('d', 'default'),
    begin('e', 'api'),
  ]);
  expect(begun.map((one) => ('refused' in one ? one.refused : one.rollout.id))).toEqual([
    'a',
    expect.stringMatching(/^Ada is releasing v-a to default right now\./),
    'c',
    expect.stringMatching(/^Ada is releasing v-a to default right now\./),
    expect.stringMatching(/^Ada is releasing v-c to api right now\./),
  ]);
  await expect.poll(() => validating, { timeout: 30_000 }).toEqual(['default', 'api']);
  expect((await openFileStore(folder).live()).toSorted()).toEqual(['a', 'c']);
});
