import { describe, test } from 'vitest';
import { refused } from './refused.ts';

describe('project, region, zone, version', () => {
  test.each<[string, ...string[]]>([
    [
      'project: My Project\n',
      '1:10: \'project\' should be the id of a project: 6 to 30 lower-case letters, digits and hyphens, a letter first, but is "My Project".',
    ],
    [
      'project: 12345678\n',
      "1:10: 'project' should be the id of a project of Google Cloud, but is 12345678.",
    ],
    [
      'project:\n',
      "1:1: 'project' should be the id of a project of Google Cloud, but is empty: give it one, or delete the line.",
    ],
    ['region: Iowa\n', '1:9: \'region\' should be a region such as us-central1, but is "Iowa".'],
    ['region: [us-central1]\n', "1:9: 'region' should be a region such as us-central1, but is a list."],
    [
      'zone: Europe/Londn\n',
      '1:7: \'zone\' is "Europe/Londn", which is no time zone: did you mean Europe/London?',
    ],
    ['zone: +01:00\n', '1:7: \'zone\' is "+01:00", which is no time zone: write one such as Europe/London.'],
    ['zone: 1\n', "1:7: 'zone' should be a time zone such as Europe/London, but is 1."],
    [
      'version: "v{date}-{commit}"\n',
      "1:10: 'version' has {commit}, but only {date}, {time} and {git} are filled in.",
    ],
    [
      'version: "V{date}"\n',
      '1:10: \'version\' makes ids such as "V20261224", but a version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-.',
    ],
    [
      'version: "v{date}T{time}"\n',
      '1:10: \'version\' makes ids such as "v20261224T183000", but a version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-.',
    ],
    [
      'version: ah-{date}\n',
      '1:10: \'version\' makes ids such as "ah-20261224", but a version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-.',
    ],
    [
      'version: latest\n',
      '1:10: \'version\' makes ids such as "latest", but a version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-.',
    ],
    [
      'version: v{date}-{time}-{git}-of-a-service-that-has-quite-a-long-name\n',
      '1:10: \'version\' makes ids such as "v20261224-183000-1a2b3c4-of-a-service-that-has-quite-a-long-name", but a version id is 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last, and neither default nor latest nor begun with ah-.',
    ],
    ['version: {date}\n', "1:10: 'version' should be a text, but is a map."],
  ])('%j', refused);
});

describe('services and their commands', () => {
  test.each<[string, ...string[]]>([
    [
      'services: { web: { verify: python verify.py } }\n',
      '1:28: \'services.web.verify\' should be a list of commands, but is "python verify.py".',
    ],
    [
      'services: { web: { verify: [python verify.py] } }\n',
      '1:29: \'services.web.verify.0\' should be a command such as { name: load test, run: npm run load-test }, but is "python verify.py".',
    ],
    [
      'services: { web: { verify: [{ run: python verify.py }] } }\n',
      "1:29: 'services.web.verify.0.name' is missing: add it, such as name: load test.",
    ],
    [
      'services: { web: { verify: [{ name: a, run: b }, { name: a, run: c }] } }\n',
      '1:58: \'services.web.verify.1.name\' is "a", as that of item 0 is: call them differently.',
    ],
    [
      'services: { web: { verify: [{ name: a, command: b }] } }\n',
      "1:29: 'services.web.verify.0.run' is missing: add it, such as run: npm run load-test.",
      "1:40: 'services.web.verify.0.command' is not a key of a plan. Known here: name, run, shell, within.",
    ],
    [
      'services: { web: { verify: [{ name: a, run: b, within: 0s }] } }\n',
      '1:56: \'services.web.verify.0.within\' should be a duration from 1s to 24h, but is "0s".',
    ],
    [
      'services: { web: { verify: [{ name: a, run: b | c }] } }\n',
      "1:45: 'services.web.verify.0.run' should be a program and its arguments, but only a shell understands its |. Add shell: true to have the shell run it.",
    ],
    ['services: { web: { cron: true } }\n', "1:26: 'services.web.cron' should be a text, but is true."],
    [
      'services: { web: { cron: } }\n',
      "1:20: 'services.web.cron' should be a text, but is empty: give it one, or delete the line.",
    ],
    [
      'services: { web: { smoke: [{ path: /, json: { path: a, least: 3 } }] } }\n',
      "1:56: 'services.web.smoke.0.json.least' is not a key of a plan. Did you mean 'atLeast'?",
    ],
  ])('%j', refused);
});

describe('checklist', () => {
  test.each<[string, ...string[]]>([
    [
      'checklist: [{ title: a, items: [""] }]\n',
      '1:33: \'checklist.0.items.0\' should be a text that is not empty, but is "".',
    ],
    [
      'checklist: [{ title: a, items: [[b]] }]\n',
      "1:33: 'checklist.0.items.0' should be a text, or a map such as { text: Run the tests, run: npm test }, but is a list.",
    ],
    [
      'checklist: [{ title: a, items: [{ run: npm test }] }]\n',
      "1:33: 'checklist.0.items.0.text' is missing: add it, such as text: Run the load test.",
    ],
    [
      'checklist: [{ title: a, items: [{ text: b, requred: false }] }]\n',
      "1:44: 'checklist.0.items.0.requred' is not a key of a plan. Did you mean 'required'?",
    ],
    [
      'checklist: [{ title: a, items: [{ text: b, required: no }] }]\n',
      '1:54: \'checklist.0.items.0.required\' should be true or false, but is "no".',
    ],
    [
      'checklist: [{ title: a, items: [{ text: b, run: 7, within: 25h }] }]\n',
      "1:49: 'checklist.0.items.0.run' should be a text, but is 7.",
      '1:60: \'checklist.0.items.0.within\' should be a duration from 1s to 24h, but is "25h".',
    ],
    [
      'checklist:\n  - title: a\n    items:\n      -\n',
      "4:8: 'checklist.0.items.0' should be a text, or a map such as { text: Run the tests, run: npm test }, but is empty.",
    ],
  ])('%j', refused);
});

describe('validation, backup, monitoring, announce', () => {
  test.each<[string, ...string[]]>([
    ['validation: [git]\n', "1:13: 'validation' should be a map with checks and commands, but is a list."],
    [
      'validation: { checks: [gti] }\n',
      '1:24: \'validation.checks.0\' should be permissions, region, service, versions, bucket, files or git, but is "gti".',
    ],
    [
      'validation: { checks: all }\n',
      '1:23: \'validation.checks\' should be a list of checks, but is "all".',
    ],
    [
      'validation: { checks: [git, files, git] }\n',
      "1:36: 'validation.checks.2' is git again: once is enough.",
    ],
    [
      'validation: { commands: [{ name: a, run: "" }] }\n',
      '1:42: \'validation.commands.0.run\' should be a text that is not empty, but is "".',
    ],
    ['backup: true\n', "1:9: 'backup' should be a map with clone, but is true."],
    ['backup: { clone: maybe }\n', '1:18: \'backup.clone\' should be true or false, but is "maybe".'],
    [
      'monitoring: { figures: false }\n',
      "1:24: 'monitoring.figures' is false, so 'monitoring.commands' should have a command: without either nobody would judge.",
    ],
    [
      `monitoring: { figures: false, rehearsal: true, metrics: [{ name: a, filter: 'metric.type="x"', bad: decrease }], commands: [{ name: b, run: c }] }\n`,
      "1:42: 'monitoring.rehearsal' takes figures, but 'monitoring.figures' is false.",
      "1:57: 'monitoring.metrics' takes figures, but 'monitoring.figures' is false.",
    ],
    [
      'monitoring: { figures: false, falseAlarm: 1 %, commands: [{ name: b, run: c }] }\n',
      "1:43: 'monitoring.falseAlarm' takes figures, but 'monitoring.figures' is false.",
    ],
    [
      `monitoring: { metrics: [{ name: cpu, filter: 'metric.type="x"', bad: increase }, { name: p95, filter: 'metric.type="x"', bad: increase }] }\n`,
      '1:33: \'monitoring.metrics.0.name\' is "cpu", which every release is judged by: call it differently.',
      '1:90: \'monitoring.metrics.1.name\' is "p95", which every release is judged by: call it differently.',
    ],
    [
      `monitoring: { metrics: [{ name: a, filter: 'metric.type="x"', bad: increase }, { name: a, filter: 'metric.type="y"', bad: increase }] }\n`,
      '1:88: \'monitoring.metrics.1.name\' is "a", as that of item 0 is: call them differently.',
    ],
    ['monitoring: { figures: off }\n', '1:24: \'monitoring.figures\' should be true or false, but is "off".'],
    [
      'monitoring: { commands: [{ name: a, run: b }, { name: c, run: d }, { name: a, run: e }] }\n',
      '1:76: \'monitoring.commands.2.name\' is "a", as that of item 0 is: call them differently.',
    ],
    [
      'announce: none\n',
      '1:11: \'announce\' should be a map with chat, deployed and rolledBack, but is "none".',
    ],
    ['announce: { chat: 1 }\n', "1:19: 'announce.chat' should be true or false, but is 1."],
    [
      'announce: { rolledback: [] }\n',
      "1:13: 'announce.rolledback' is not a key of a plan. Did you mean 'rolledBack'?",
    ],
  ])('%j', refused);
});

describe('freeze', () => {
  test.each<[string, ...string[]]>([
    ['freeze: weekends\n', '1:9: \'freeze\' should be a list of freeze windows, but is "weekends".'],
    [
      'freeze: [weekends]\n',
      '1:10: \'freeze.0\' should be a map such as { why: Holidays, from: 2026-12-24, to: 2027-01-02 }, but is "weekends".',
    ],
    [
      'freeze: [{ from: 2026-12-24, to: 2026-12-26 }]\n',
      "1:10: 'freeze.0.why' is missing: add it, such as why: The London market is open.",
    ],
    [
      'freeze: [{ why: a, from: 09:30, to: 16:00 }]\n',
      "1:10: 'freeze.0' should say on which days: add 'days', such as days: [mon, fri].",
    ],
    [
      'freeze: [{ why: a, days: [monday], from: 09:30, to: 16:00 }]\n',
      '1:27: \'freeze.0.days.0\' should be mon, tue, wed, thu, fri, sat or sun, but is "monday".',
    ],
    [
      'freeze: [{ why: a, days: mon, from: 09:30, to: 16:00 }]\n',
      '1:26: \'freeze.0.days\' should be a list of days such as [mon, fri], but is "mon".',
    ],
    [
      'freeze: [{ why: a, days: [], from: 09:30, to: 16:00 }]\n',
      "1:26: 'freeze.0.days' should be a list of one day or more, but is an empty list.",
    ],
    [
      'freeze: [{ why: a, days: [mon, mon], from: 09:30, to: 16:00 }]\n',
      "1:32: 'freeze.0.days.1' is mon again: once is enough.",
    ],
    [
      'freeze: [{ why: a, days: [mon], from: 9:30, to: 24:00 }]\n',
      "1:39: 'freeze.0.from' should be a time of day such as 09:30, as there are 'days', but is \"9:30\".",
      "1:49: 'freeze.0.to' should be a time of day such as 09:30, as there are 'days', but is \"24:00\".",
    ],
    [
      'freeze: [{ why: a, days: [mon], from: 2026-12-24, to: 16:00 }]\n',
      "1:39: 'freeze.0.from' should be a time of day such as 09:30, as there are 'days', but is \"2026-12-24\".",
    ],
    [
      'freeze: [{ why: a, from: 2026-12-24, to: 16:00 }]\n',
      '1:42: \'freeze.0.to\' should be a date such as 2026-12-24 or 2026-12-24T18:00, but is "16:00".',
    ],
    [
      'freeze: [{ why: a, from: 2026-02-30, to: 2026-03-01 }]\n',
      '1:26: \'freeze.0.from\' should be a date such as 2026-12-24 or 2026-12-24T18:00, but is "2026-02-30".',
    ],
    [
      'freeze: [{ why: a, from: 24.12.2026, to: 2026-12-26T25:00 }]\n',
      '1:26: \'freeze.0.from\' should be a date such as 2026-12-24 or 2026-12-24T18:00, but is "24.12.2026".',
      '1:42: \'freeze.0.to\' should be a date such as 2026-12-24 or 2026-12-24T18:00, but is "2026-12-26T25:00".',
    ],
    [
      'freeze: [{ why: a, from: 2026-12-26, to: 2026-12-24 }]\n',
      "1:42: 'freeze.0.to' is 2026-12-24, which is not after its 'from' of 2026-12-26.",
    ],
    [
      'freeze: [{ why: a, from: 2026-12-24T18:00, to: 2026-12-24T18:00 }]\n',
      "1:48: 'freeze.0.to' is 2026-12-24T18:00, which is not after its 'from' of 2026-12-24T18:00.",
    ],
    [
      'freeze: [{ why: a, from: 2026-12-24, to: 2026-12-26, zone: London }]\n',
      '1:60: \'freeze.0.zone\' is "London", which is no time zone: did you mean Europe/London?',
    ],
    [
      'freeze: [{ why: a, from: 20261224, to: 2026-12-26 }]\n',
      "1:26: 'freeze.0.from' should be a time of day such as 09:30, or a date such as 2026-12-24, but is 20261224.",
    ],
  ])('%j', refused);
});

describe('after-care', () => {
  test.each<[string, ...string[]]>([
    ['afterCare: []\n', "1:12: 'afterCare' should be a map with at and rounds, but is an empty list."],
    [
      'afterCare: { at: 9 }\n',
      "1:18: 'afterCare.at' should be a time of day such as 09:30, from 00:00 to 23:59, but is 9.",
    ],
    [
      'afterCare: { at: "9:00" }\n',
      '1:18: \'afterCare.at\' should be a time of day such as 09:30, from 00:00 to 23:59, but is "9:00".',
    ],
    [
      'afterCare: { at: "24:00" }\n',
      '1:18: \'afterCare.at\' should be a time of day such as 09:30, from 00:00 to 23:59, but is "24:00".',
    ],
    ['afterCare: { round: [] }\n', "1:14: 'afterCare.round' is not a key of a plan. Did you mean 'rounds'?"],
    [
      'afterCare: { rounds: [Daily] }\n',
      '1:23: \'afterCare.rounds.0\' should be a round such as { name: Daily, every: day, for: 7d, tasks: [Read the feedback] }, but is "Daily".',
    ],
    [
      'afterCare: { rounds: [{ name: "", every: day, tasks: [b] }] }\n',
      '1:31: \'afterCare.rounds.0.name\' should be a text that is not empty, but is "".',
    ],
    [
      'afterCare: { rounds: [{ name: a, every: daily, tasks: [b] }] }\n',
      '1:41: \'afterCare.rounds.0.every\' should be hour, day, week, month or quarter, but is "daily".',
    ],
    [
      'afterCare: { rounds: [{ name: a, tasks: [b] }] }\n',
      "1:23: 'afterCare.rounds.0.every' is missing: add it, such as every: day.",
    ],
    [
      'afterCare: { rounds: [{ name: a, every: week, for: 3d, tasks: [b] }] }\n',
      "1:52: 'afterCare.rounds.0.for' should be 7d or more where 'every' is week, or the round would never come.",
    ],
    [
      'afterCare: { rounds: [{ name: a, every: day, for: 1 week, tasks: [b] }] }\n',
      '1:51: \'afterCare.rounds.0.for\' should be a duration such as 30m or 2h, but is "1 week".',
    ],
    [
      'afterCare: { rounds: [{ name: a, every: day }] }\n',
      "1:23: 'afterCare.rounds.0' should have 'checks', 'tasks' or both: there is nothing to do.",
    ],
    [
      'afterCare: { rounds: [{ name: a, every: day, tasks: b }] }\n',
      '1:53: \'afterCare.rounds.0.tasks\' should be a list of texts, but is "b".',
    ],
    [
      'afterCare: { rounds: [{ name: a, every: day, tasks: [b, ""] }] }\n',
      '1:57: \'afterCare.rounds.0.tasks.1\' should be a text that is not empty, but is "".',
    ],
    [
      'afterCare:\n  rounds:\n    - { name: a, every: day, tasks: [b] }\n    - { name: a, every: week, tasks: [c] }\n',
      '4:15: \'afterCare.rounds.1.name\' is "a", as that of item 0 is: call them differently.',
    ],
    [
      'afterCare: { rounds: [{ name: a, every: day, checks: [{ name: b, kind: errors, atMost: 1 % }, { name: b, kind: latency, atMost: 9 }] }] }\n',
      '1:103: \'afterCare.rounds.0.checks.1.name\' is "b", as that of item 0 is: call them differently.',
    ],
  ])('%j', refused);
});

describe('success and contingency', () => {
  test.each<[string, ...string[]]>([
    ['success: { after: 7 }\n', "1:19: 'success.after' should be a duration such as 30m or 2h, but is 7."],
    [
      'success: { after: 0s }\n',
      '1:19: \'success.after\' should be a duration from 1h to 365d, but is "0s".',
    ],
    [
      'success: { criteria: [Be good] }\n',
      '1:23: \'success.criteria.0\' should be a criterion such as { text: The team is content }, but is "Be good".',
    ],
    [
      'success: { criteria: [{ text: "" }] }\n',
      '1:31: \'success.criteria.0.text\' should be a text that is not empty, but is "".',
    ],
    [
      'success: { criteria: [{ text: a }, { text: a }] }\n',
      '1:44: \'success.criteria.1.text\' is "a", as that of item 0 is: call them differently.',
    ],
    [
      'success: { criteria: [{ text: a, check: [] }] }\n',
      "1:34: 'success.criteria.0.check' is not a key of a plan. Did you mean 'checks'?",
    ],
    ['contingency: { text: a }\n', "1:14: 'contingency' should be a list of steps, but is a map."],
    ['contingency: [{ text: a }]\n', "1:15: 'contingency.0.within' is missing: add it, such as within: 2d."],
    [
      'contingency: [{ text: a, within: 2d, offer: revert }]\n',
      '1:45: \'contingency.0.offer\' should be rollback or calendar, but is "revert".',
    ],
    [
      'contingency: [{ text: a, within: 2d }, { text: a, within: 3d }]\n',
      '1:48: \'contingency.1.text\' is "a", as that of item 0 is: call them differently.',
    ],
    [
      'contingency: [{ text: a, within: 2d, owner: Ada }]\n',
      "1:38: 'contingency.0.owner' is not a key of a plan. Did you mean 'offer'?",
    ],
  ])('%j', refused);
});
