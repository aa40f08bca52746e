import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scheduleFault } from '../../src/deploy/cron/schedule.ts';
import { hasGcloud } from './gcloud-cli.ts';

/** Google's own parser comes with gcloud's component for App Engine and Python. */
const PARSE = `
import json, sys
sys.path[:0] = [sys.argv[1], sys.argv[1] + '/google/appengine/_internal']
from google.appengine.cron import groctimespecification
def taken(schedule):
  try:
    groctimespecification.GrocTimeSpecification(schedule)
    return True
  except Exception:
    return False
print(json.dumps([taken(schedule) for schedule in json.load(sys.stdin)]))
`;

interface Parser {
  readonly python: string;
  readonly home: string;
}

function findParser(): Parser | undefined {
  if (!hasGcloud()) return undefined;
  const format = '--format=json(installation.sdk_root,basic.python_location)';
  const { basic, installation } = JSON.parse(execFileSync('gcloud', ['info', format]).toString());
  const home = join(installation.sdk_root, 'platform/google_appengine');
  return existsSync(join(home, 'google/appengine/cron'))
    ? { python: basic.python_location, home }
    : undefined;
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  N: ['0', '1', '5', '7', '60', '720', '05', '99999', '100000'],
  U: ['hours', 'mins', 'minutes', 'hour'],
  T: ['09:00', '9:00', '0:05', '23:59', '24:00', '9:60', '12:5'],
  O: ['1st', 'first', '2nd', 'third', '5th', '6th'],
  W: ['monday', 'mon', 'sunday', 'thu', 'wednes', 'day'],
  M: ['month', 'jan', 'february', 'sept', 'september', 'june', 'quarter'],
  D: ['1', '01', '001', '15', '30', '31', '32', '0'],
};

const SHAPES = [
  'every N U',
  'every N U from T to T',
  'every N U synchronized',
  'every W T',
  'O W T',
  'O W of M T',
  'every W of M T',
  'O , O W,W of M,M T',
  'D of M T',
  'D,D of M,M T',
  'D of month of quarter T',
  'O W of O month of quarter T',
  'every day of M T',
  'every T',
  'W T',
];

/** Every shape, with each of its places going through all that may stand there. */
function* schedules(): Generator<string> {
  for (const shape of SHAPES) {
    for (let turn = 0; turn < 60; turn++) {
      let place = 0;
      yield shape.replace(/\b[NUTOWMD]\b/g, (letter) => {
        const all = PARTS[letter] ?? [];
        place++;
        return all[(turn * (2 * place - 1) + place) % all.length] ?? '';
      });
    }
  }
}

const parser = findParser();
const name = parser
  ? 'a schedule'
  : 'a schedule: skipped, because gcloud’s component app-engine-python is not here';
describe.skipIf(!parser)(name, () => {
  it('is taken and refused as Google’s own parser does', () => {
    if (!parser) return;
    const all = [...new Set(schedules())];
    const said = execFileSync(parser.python, ['-c', PARSE, parser.home], {
      input: JSON.stringify(all),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const theirs = JSON.parse(said.toString()) as boolean[];
    const differ = all.filter((schedule, i) => (scheduleFault(schedule) === undefined) !== theirs[i]);
    expect(differ).toEqual([]);
    expect(theirs.filter(Boolean).length).toBeGreaterThan(100);
    expect(theirs.filter((taken) => !taken).length).toBeGreaterThan(100);
  }, 60_000);
});
