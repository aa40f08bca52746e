import { expect, test } from 'vitest';
import { readPictures } from '../../src/bot/report/pictures.ts';
import { report } from '../../src/bot/report/report.ts';
import { drawCharts, windowsOf } from '../../src/bot/report/windows.ts';
import type { Event } from '../../src/rollout/events.ts';
import { fullJournal, START } from './journal.ts';

const events = fullJournal();

/** The document as its reader sees it: no tags, no style, spaces as one. */
function textOf(document: string): string {
  return document
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}

const document = report(events, []);
// The journal at the end would hold every word of the chapters too.
const text = textOf(document).replace(/Journal All .*/, '');

test.each([
  ['who, when and what', /Started 23 Nov 2026, 09:00:00 by Ada 1001 /],
  [
    'the source and the commit',
    /Source examples\/signals Commit 4f1c0ffee\w+ Weigh the session into the quality score/,
  ],
  ['what came of it', /v2-signals Rolled back Twice the signals that were asked for Rollout k3f9x2ab/],
  ['that this version was rolled back before', /Rolled back before 20 Nov 2026, 09:00:00 : Errors at 10 %/],
  [
    'a ticked item with its note',
    /1\.2 Test trade approval .* done Ben 1002 , [^●]* Tried on the phone & on the desk, see "photo"\./,
  ],
  ['a file of evidence', /File approval <1>\.png, kept as evidence\/k3f9x2ab\/1\.2-1\.png Ben 1002/],
  [
    'a command that ticked an item, with its output',
    /Command passed .* ended with 0 after 38 seconds Output > backtest 12 scenarios, 0 failed <ok>/,
  ],
  [
    'items left open, by whom and why',
    /Closed with items open by Ada 1001 : 1\.3\. It is looked at after the release\./,
  ],
  [
    'the validation with its output',
    /pre-deploy check passed ended with 0 Output configuration: ok market data: ok/,
  ],
  ['the backup', /Kept as backups\/k3f9x2ab Traffic v1 100 %/],
  ['the deployment that failed', /deploy failed The build failed: npm ended with 1\./],
  ['what differs from the old version', /runtime nodejs18 → nodejs20 env variable QUALITY_FLOOR is new/],
  [
    'the cron jobs',
    /Cron jobs changed .* 3 jobs as before\. new: every 1 hours: \/tasks\/evaluate gone: every 2 hours/,
  ],
  ['the verification', /GET \/healthz passed 200 after 84 ms/],
  ['each move of traffic', /23 Nov 2026, 09:21:00 moved v1 90 %, v2-signals 10 %/],
  ['the figures of a step', /New version 1,230 3 0\.24 % 64 ms \d+ ms Beside it 11,160 12 0\.11 %/],
  [
    'a question with its evidence, vote and answer',
    /v2-signals from 10 % to 100 %\? .* Shown: good \. Errors 0\.24 % against 0\.11 % .* Vote yes of Ben 1002/,
  ],
  ['who was turned away', /<b>Cleo<\/b> & "Co" 1003 mark You are neither operator nor approver\./],
  ['what was put back', /cron jobs passed 4 of 4 as in the backup/],
  [
    'an announcement that failed',
    /The rollback was announced, .* tell customers failed ended with 3 Output mail server: refused/,
  ],
  [
    'the digests and what was missed',
    /Daily, 25 Nov 2026, .* off .* 1 look before it was missed\. .* signals off 9 a day, asked for 3 to 7 error logs not known/,
  ],
  [
    'a task that was answered',
    /Analyze quality scores distribution done, Ben 1002 , .* : Even, 0\.61 to 0\.93\./,
  ],
  [
    'the criteria',
    /Not all criteria are met .* missed .* 9\.1 a day, asked for 3 to 7 .* met by the word of Ada 1001 : Nobody asked back\./,
  ],
  [
    'the follow-up',
    /Find out why 2 Dec 2026, 10:04:00 Ada 1001 done Ada 1001 , .* : The floor was read as 0\. Go back .* nobody open/,
  ],
])('it tells %s', (_, words) => {
  expect(text).toMatch(words);
});

test('the journal is there line by line, whole, kinds of a later Sluice too', () => {
  const strange = { type: 'weighed-by-moon', at: START + 1, phase: 'full' } as unknown as Event;
  const told = report([...events, strange], []);
  const lines = [...told.matchAll(/data-name="In full">(?:<pre>([\s\S]*?)<\/pre>)?/g)].map(
    ([, held]) => held,
  );
  expect(lines).toHaveLength(events.length + 1);
  expect(textOf(told)).toContain('weighed-by-moon { "phase": "full" }');
  const [first] = events;
  expect(JSON.parse(textOf(lines[0] ?? ''))).toEqual({ draft: first?.type === 'started' && first.draft });
  // The rest is as it was.
  expect(told.length - document.length).toBeLessThan(500);
});

test('what people and programs wrote is text, and nothing is fetched or run', () => {
  expect(document).not.toMatch(/<script|<b>Cleo|<ok>|<1>|onerror=/i);
  expect(document).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(document).toMatch(
    /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"/,
  );
  const addresses = [...document.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(([, address]) => address);
  expect(addresses).toEqual([]);
  expect(document).not.toMatch(/url\(|@import/);
});

test('pictures are inside', () => {
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
  expect(report(events, [{ step: 0, title: 'At "10 %"', png }])).toContain(
    '<img alt="At &quot;10 %&quot;" src="data:image/png;base64,iVBORw==">',
  );
});

test('pictures of the evidence are shown as what they are; whatever else it is stays a name', async () => {
  const name = 'evidence/k3f9x2ab/1.2-1.png';
  const picturesOf = (bytes: Uint8Array | undefined) =>
    readPictures(events, { kept: async (kept) => (kept === name ? bytes : undefined) });
  const jpeg = await picturesOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  expect(report(events, [], jpeg)).toContain(
    '<img class="evidence" alt="approval &lt;1&gt;.png" src="data:image/jpeg;base64,/9j/4A==">',
  );
  for (const other of [
    Buffer.from('<svg onload="alert(1)"/>'),
    Buffer.from('%PDF-1.7'),
    Buffer.alloc(0),
    undefined,
  ]) {
    expect(report(events, [], await picturesOf(other))).toBe(document);
  }
  const large = Buffer.alloc(17 * 1024 * 1024);
  large.set([0x89, 0x50, 0x4e, 0x47]);
  expect((await picturesOf(large)).size).toBe(0);
});

test('the same journal gives the same document', () => {
  expect(report(fullJournal(), [])).toBe(document);
});

test('any first part of a journal can be told', () => {
  for (let lines = 1; lines <= events.length; lines++) {
    const part = report(events.slice(0, lines), []);
    expect(part).toContain(`All ${lines} lines of the record`);
    expect(part).not.toMatch(/undefined|\[object|NaN/);
  }
  expect(() => report([], [])).toThrow('a journal that begins with the start of a rollout');
});

test('a chart is drawn of each step that was judged, over its whole minutes', async () => {
  const windows = windowsOf(events);
  expect(windows).toEqual([
    {
      step: 0,
      title: 'default: v2-signals at 10 %',
      service: 'default',
      version: 'v2-signals',
      baseline: 'v1',
      from: START + 21 * 60_000,
      to: START + 51 * 60_000,
    },
  ]);
  expect(await drawCharts(events, async () => undefined)).toEqual({ charts: [] });
  const failing = await drawCharts(events, () => Promise.reject(new Error('Cloud Monitoring is away.')));
  expect(failing).toEqual({ charts: [], problem: 'Cloud Monitoring is away.' });
});
