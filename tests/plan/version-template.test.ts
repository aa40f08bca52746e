import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkVersionId } from '../../src/deploy/version-id.ts';
import { faultOfTemplate, fillTemplate } from '../../src/plan/version-template.ts';
import { someInstant, someZone } from './times.ts';

const NOW = Date.UTC(2026, 10, 22, 23, 5, 9);
const COMMIT = '0123456789abcdef0123456789abcdef01234567';

test.each([
  ['v{date}t{time}', 'UTC', 'v20261122t230509'],
  ['v{date}t{time}', 'Asia/Tokyo', 'v20261123t080509'],
  ['v{date}-{git}', 'UTC', 'v20261122-0123456'],
  ['{git}{git}', 'UTC', '01234560123456'],
  ['release', 'UTC', 'release'],
])('%s in %s is %s', (template, zone, id) => {
  expect(fillTemplate(template, { now: NOW, zone, git: COMMIT })).toBe(id);
});

test('a commit that is asked for and not there is told', () => {
  expect(() => fillTemplate('v{date}-{git}', { now: NOW, zone: 'UTC' })).toThrow(
    'The plan\'s version "v{date}-{git}" asks for {git}, but the source folder has no commit: commit it, or take {git} out of the plan.',
  );
  expect(fillTemplate('v{date}', { now: NOW, zone: 'UTC' })).toBe('v20261122');
});

test('whatever template is found sound makes ids that App Engine takes', () => {
  const part = fc.constantFrom(
    '{date}',
    '{time}',
    '{git}',
    'v',
    '-',
    'ah-',
    'default',
    'latest',
    'X',
    '{',
    '}',
    '{x}',
  );
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
      someInstant,
      someZone,
      (template, now, zone) => {
        const id = fillTemplate(template, { now, zone, git: COMMIT });
        expect(faultOfTemplate(template) === undefined).toBe(checkVersionId(id) === undefined);
      },
    ),
    { numRuns: 500 },
  );
});
