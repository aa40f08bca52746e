import { describe, test } from 'vitest';
import { KEYS, refused } from './refused.ts';

describe('not a plan at all', () => {
  test.each<[string, ...string[]]>([
    ['- people\n- steps\n', '1:1: a plan should be a map of keys such as people and steps, but is a list.'],
    [
      'release everything\n',
      '1:1: a plan should be a map of keys such as people and steps, but is "release everything".',
    ],
    ['42\n', '1:1: a plan should be a map of keys such as people and steps, but is 42.'],
    [
      'steps: [\n',
      '2:1: not YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ],
    ['people:\n	- id: 1\n', '2:1: not YAML: Tabs are not allowed as indentation.'],
    ['shardBy: ip: no\n', '1:10: not YAML: Nested mappings are not allowed in compact mappings.'],
    ['shardBy: "ip\n', '2:1: not YAML: Missing closing "quote.'],
    ['shardBy: ip\n---\nshardBy: cookie\n', '2:1: a plan is one document: cut this --- and what follows it.'],
    ['steps: *ladder\n', '1:8: *ladder has no &ladder above it: set one there, or write the value itself.'],
    ['shardBy: !dice ip\n', '1:10: not YAML: Unresolved tag: !dice.'],
    [
      'a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
      '1:1: not YAML: Excessive alias count indicates a resource exhaustion attack.',
    ],
  ])('%j', refused);
});

describe('keys', () => {
  test.each<[string, ...string[]]>([
    ['step:\n  - traffic: 100 %\n', "1:1: 'step' is not a key of a plan. Did you mean 'steps'?"],
    ['colour: green\n', `1:1: 'colour' is not a key of a plan. Known here: ${KEYS}.`],
    [
      'people:\n  - { id: 1, name: Ada, role: [operator] }\n',
      "2:5: 'people.0.roles' is missing: add it, such as roles: [operator].",
      "2:25: 'people.0.role' is not a key of a plan. Did you mean 'roles'?",
    ],
    [
      'approval: { twoPersons: true }\n',
      "1:13: 'approval.twoPersons' is not a key of a plan. Did you mean 'twoPerson'?",
    ],
    [
      'shardBy: ip\nsteps: []\nshardBy: cookie\n',
      "2:8: 'steps' should be a list of one step or more, but is an empty list.",
      "3:1: 'shardBy' is written twice, first in line 1: keep one of the two.",
    ],
    [
      'approval:\n  needed: 1\n  needed: 2\n',
      "3:3: 'needed' is written twice, first in line 2: keep one of the two.",
    ],
    [
      'constructor: 1\n__proto__: 2\n',
      `1:1: 'constructor' is not a key of a plan. Known here: ${KEYS}.`,
      `2:1: '__proto__' is not a key of a plan. Known here: ${KEYS}.`,
    ],
    [
      '1: one\nnull: none\n',
      `1:1: '1' is not a key of a plan. Known here: ${KEYS}.`,
      `2:1: '' is not a key of a plan. Known here: ${KEYS}.`,
    ],
    ['<<: { shardBy: ip }\n', `1:1: '<<' is not a key of a plan. Known here: ${KEYS}.`],
    ['steps:\n  - watch: 30m\n', "2:5: 'steps.0.traffic' is missing: add it, such as traffic: 10 %."],
    [
      'checklist:\n  - { title: Testing }\n',
      "2:5: 'checklist.0.items' is missing: add it, such as items: [Run the load test, { text: Run the tests, run: npm test }].",
    ],
    [
      'services: { web: { smoke: [{ status: 200 }] } }\n',
      "1:28: 'services.web.smoke.0.path' is missing: add it, such as path: /healthz.",
    ],
  ])('%j', refused);
});
