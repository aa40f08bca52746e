import type { Scenario } from './scenario.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Users' requests per second of the sandbox's clock, by day. */
export const BY_DAY = 3;

const OUT = { on: 'out', well: true, say: 'The new version has all of the traffic.' } as const;
const TAKEN_BACK = {
  on: 'back',
  well: false,
  say: 'The release was rolled back, though it was sound.',
} as const;

/** What can be played, in the order in which it teaches. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'clean-release',
    title: 'A clean release',
    line: 'nothing goes wrong: 10 %, 50 %, 100 %',
    see: 'A release as it should be. Ada starts it with /deploy and ticks the checklist; each window is judged good.',
    decide: 'Ben answers three questions: may the new version have 10 %, 50 % and 100 % of the traffic?',
    should: 'The new version has all of the traffic, and after-care begins.',
    acts: [],
    endings: [OUT, TAKEN_BACK],
  },
  {
    name: 'slow-burn',
    title: 'A slow burn',
    line: 'errors of the new version grow from nothing to 8 % over 20 minutes',
    see: 'All is well at first. Then more and more requests to the new version fail.',
    decide:
      'Whether to wait, to hold, or to roll back. Nobody is offered a promotion once the verdict is bad.',
    should: 'Found bad before it has all of the traffic, and rolled back: the split is exactly as before.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.001 },
        deed: { do: 'errors', of: 'new', from: 0, to: 0.08, over: 20 * MINUTE },
        say: 'Requests to the new version begin to fail, up to 8 % in 20 minutes.',
      },
    ],
    endings: [
      { on: 'back', well: true, say: 'Rolled back: the split is exactly as before.' },
      { on: 'out', well: false, say: 'The failing version has all of the traffic.' },
    ],
  },
  {
    name: 'tail-latency',
    title: 'Only the tail is slow',
    line: 'one request in eight to the new version takes 1.5 s longer, and none fails',
    see: 'No errors, and a median like that of the old version. One request in eight takes 1.5 seconds longer.',
    decide: 'Whether figures that look fine in the middle are fine. The chart shows both versions.',
    should: 'The 95th percentile gives it away: found bad, and rolled back.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.001 },
        deed: { do: 'slow', ms: 1_500, share: 0.125 },
        say: 'One request in eight to the new version takes 1.5 s longer.',
      },
    ],
    endings: [
      { on: 'back', well: true, say: 'Rolled back: the split is exactly as before.' },
      { on: 'out', well: false, say: 'The slow version has all of the traffic.' },
    ],
  },
  {
    name: 'shared-incident',
    title: 'An incident of both',
    line: 'for 12 minutes both versions fail alike, and it is not the release',
    see: 'Five minutes into the first window one request in ten fails, of the old version and of the new one.',
    decide: 'Whether it is the release. What both versions have, a rollback does not mend.',
    should: 'Not found bad: it goes on when the incident is over, and reaches 100 %.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.001 },
        after: 5 * MINUTE,
        deed: { do: 'errors', of: 'all', from: 0.1, to: 0.1, over: 0 },
        say: 'The database staggers: one request in ten fails, whichever version it goes to.',
      },
      {
        when: { on: 'share', atLeast: 0.001 },
        after: 17 * MINUTE,
        deed: { do: 'heal' },
        say: 'The database is well again.',
      },
    ],
    endings: [OUT, { ...TAKEN_BACK, say: 'Rolled back, though the incident was not the release’s fault.' }],
  },
  {
    name: 'quiet-night',
    title: 'A quiet night',
    line: 'nobody comes for two hours: nothing to judge by',
    see: 'Once the new version has traffic, it is night: for two hours nobody comes. Make the clock faster.',
    decide: 'Whether no bad news is good news. Only a written reason lets it out without figures.',
    should:
      'Nothing is offered while there is nothing to judge by; it goes on with the users of the morning.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.001 },
        deed: { do: 'load', perSecond: 0 },
        say: 'It is night: the last user has gone to bed.',
      },
      {
        when: { on: 'share', atLeast: 0.001 },
        after: 2 * HOUR,
        deed: { do: 'load', perSecond: BY_DAY },
        say: 'It is morning: users come.',
      },
    ],
    endings: [
      { on: 'out', early: true, well: false, say: 'Let out by night, with nothing to judge by.' },
      OUT,
      {
        ...TAKEN_BACK,
        well: true,
        say: 'Rolled back rather than left alone over night: a safe choice, too.',
      },
    ],
  },
  {
    name: 'foreign-hand',
    title: 'A hand from elsewhere',
    line: 'somebody moves the traffic in the console in the middle of a window',
    see: 'While 10 % are watched, somebody gives the new version 30 % in the console, and tells nobody.',
    decide: 'Whether to keep what they did or to put it back. Sluice overwrites nothing in silence.',
    should:
      'The move is noticed within a minute and asked about; the release goes on from what people choose.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.1 },
        after: 5 * MINUTE,
        deed: { do: 'move', share: 0.3 },
        say: 'Somebody at the console gives the new version 30 %.',
      },
    ],
    endings: [
      { on: 'out', early: true, well: false, say: 'It was out before anybody could put a hand in.' },
      { ...OUT, say: 'The move was decided about, and the new version has all of the traffic.' },
      { on: 'back', well: true, say: 'Rolled back: the split is exactly as before, whatever the hand did.' },
    ],
  },
  {
    name: 'bot-dies',
    title: 'The bot dies at 50 %',
    line: 'its process is killed in a window, and another one goes on',
    see: 'Two minutes after the new version has half of the traffic, the bot is killed (SIGKILL). Some seconds later another begins.',
    decide: 'Nothing more than without it: nothing is asked twice, and no answer is lost.',
    should: 'The window goes on where it was, and the last question comes once.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.5 },
        after: 2 * MINUTE,
        deed: { do: 'kill-bot' },
        say: 'The bot is killed.',
      },
    ],
    endings: [
      { on: 'out', early: true, well: false, say: 'It was out before the bot could be killed.' },
      { ...OUT, say: 'The bot died and went on; the new version has all of the traffic.' },
      TAKEN_BACK,
    ],
  },
  {
    name: 'app-engine-stuck',
    title: 'App Engine is stuck',
    line: 'the operation that moves the traffic to 50 % does not end for 20 minutes',
    see: 'Ben says yes to 50 %, and App Engine takes the order, but does not carry it out. The card says what is waited for.',
    decide: 'Whether to wait. Pressing again does not move the traffic twice.',
    should: 'Once App Engine has come to itself the traffic is moved, and the release goes on.',
    acts: [
      {
        when: { on: 'share', atLeast: 0.1 },
        deed: {
          do: 'fault',
          rule: {
            match: { server: 'app-engine', method: 'PATCH', path: '/services/' },
            times: 1,
            fault: { kind: 'operation-stuck' },
          },
        },
        say: 'The next order to move traffic will get stuck in App Engine.',
      },
      {
        when: { on: 'struck' },
        say: 'App Engine has taken the order, and does not carry it out.',
      },
      {
        when: { on: 'struck' },
        after: 20 * MINUTE,
        deed: { do: 'mend' },
        say: 'App Engine has come to itself.',
      },
    ],
    endings: [
      { ...OUT, say: 'App Engine came to itself, and the new version has all of the traffic.' },
      TAKEN_BACK,
    ],
  },
];

/** @throws Error with a sentence that lists what there is. */
export function scenarioNamed(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (found) return found;
  throw new Error(`There is no scenario "${name}". There are:\n${listScenarios()}`);
}

/** A line for each. */
export function listScenarios(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return SCENARIOS.map(({ name, line }) => `  ${name.padEnd(width)}  ${line}`).join('\n');
}
