import { describe, test } from 'vitest';
import { KEYS, refused } from './refused.ts';

describe('many at once', () => {
  test.each<[string, ...string[]]>([
    [
      'people:\n  - { id: 1, name: Ada, roles: [operater] }\n  - { id: 1, name: Ben, role: [approver] }\nsteps:\n  - traffic: 10 %\n    watch: soon\n  - traffic: 200 %\napproval:\n  needed: none\n  needed: 2\nspeed: 3\nshardBy: IP\n',
      '2:33: \'people.0.roles.0\' should be operator or approver, but is "operater".',
      "3:5: 'people.1.roles' is missing: add it, such as roles: [operator].",
      "3:11: 'people.1.id' is 1, as 'people.0.id' is: list each person once, with all roles.",
      "3:25: 'people.1.role' is not a key of a plan. Did you mean 'roles'?",
      '6:12: \'steps.0.watch\' should be a duration such as 30m or 2h, but is "soon".',
      '7:14: \'steps.1.traffic\' should be a share of the traffic above 0 % and up to 100 %, with one decimal at most, but is "200 %".',
      "10:3: 'needed' is written twice, first in line 9: keep one of the two.",
      `11:1: 'speed' is not a key of a plan. Known here: ${KEYS}.`,
      '12:10: \'shardBy\' should be random, cookie or ip, but is "IP".',
    ],
    [
      'steps: []\nsteps: 3\n',
      "2:1: 'steps' is written twice, first in line 1: keep one of the two.",
      "2:8: 'steps' should be a list of steps, but is 3.",
    ],
  ])('%j', refused);
});
