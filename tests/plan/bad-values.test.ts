import { describe, test } from 'vitest';
import { refused } from './refused.ts';

describe('services', () => {
  test.each<[string, ...string[]]>([
    ['services: [web]\n', "1:11: 'services' should be a map of services by name, but is a list."],
    [
      'services:\n',
      "1:1: 'services' should be a map of services by name, but is empty: give it one, or delete the line to have the default.",
    ],
    [
      'services: { Web_App: {} }\n',
      "1:13: 'services.Web_App' should be named with 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last.",
    ],
    [
      'services:\n  -web: {}\n',
      "2:3: 'services.-web' should be named with 1 to 63 lower-case letters, digits and hyphens, with no hyphen first or last.",
    ],
    [
      'services: { constructor: {} }\n',
      "1:13: 'constructor' is a word of JavaScript's own and cannot be a name here.",
    ],
    [
      'services: { web: }\n',
      "1:13: 'services.web' should be a map with source, repository, ref, smoke, verify and cron, but is empty.",
    ],
    [
      'services: { web: apps/web }\n',
      '1:18: \'services.web\' should be a map with source, repository, ref, smoke, verify and cron, but is "apps/web".',
    ],
    [
      'services: { web: { ref: main } }\n',
      "1:25: 'services.web.ref' needs the 'repository' that it is a branch or tag of.",
    ],
    [
      'services: { web: { repository: "https://ada:secret@example.org/a" } }\n',
      "1:32: 'services.web.repository' holds a password, which would stand in every record: leave it to a credential helper or an ssh key.",
    ],
    [
      'services: { web: { source: "" } }\n',
      '1:28: \'services.web.source\' should be a text that is not empty, but is "".',
    ],
    [
      'services: { web: { smoke: / } }\n',
      '1:27: \'services.web.smoke\' should be a list of smoke tests, but is "/".',
    ],
    [
      'services: { web: { smoke: [/] } }\n',
      '1:28: \'services.web.smoke.0\' should be a smoke test such as { path: /healthz }, but is "/".',
    ],
    [
      'services: { web: { smoke: [{ path: healthz }] } }\n',
      '1:36: \'services.web.smoke.0.path\' should be a path that begins with one /, but is "healthz".',
    ],
    [
      'services: { web: { smoke: [{ path: //elsewhere.example/ }] } }\n',
      '1:36: \'services.web.smoke.0.path\' should be a path that begins with one /, but is "//elsewhere.example/".',
    ],
    [
      'services: { web: { smoke: [{ path: /, status: ok }] } }\n',
      '1:47: \'services.web.smoke.0.status\' should be an HTTP status from 200 to 599, but is "ok".',
    ],
    [
      'services: { web: { smoke: [{ path: /, status: 1000 }] } }\n',
      "1:47: 'services.web.smoke.0.status' should be an HTTP status from 200 to 599, but is 1000.",
    ],
    [
      'services:\n  web:\n    smoke:\n      - path: /\n        body: "(ok"\n',
      '5:15: \'services.web.smoke.0.body\' is no regular expression: Unterminated group in "(ok".',
    ],
    [
      'services: { web: { smoke: [{ path: /, body: 200 }] } }\n',
      "1:45: 'services.web.smoke.0.body' should be a regular expression, but is 200.",
    ],
    [
      'services: { web: { smoke: [{ path: /, within: 5m }] } }\n',
      '1:47: \'services.web.smoke.0.within\' should be a duration from 1s to 60s, but is "5m".',
    ],
  ])('%j', refused);
});

describe('people', () => {
  test.each<[string, ...string[]]>([
    ['people: Ada\n', '1:9: \'people\' should be a list of people, but is "Ada".'],
    ['people:\n  ada: { id: 1 }\n', "2:3: 'people' should be a list of people, but is a map."],
    [
      'people:\n  - Ada\n  -\n',
      '2:5: \'people.0\' should be a person such as { id: 123456789, name: Ada, roles: [operator] }, but is "Ada".',
      "3:4: 'people.1' should be a person such as { id: 123456789, name: Ada, roles: [operator] }, but is empty.",
    ],
    [
      'people: [{ id: "@ada", name: Ada, roles: [operator] }]\n',
      '1:16: \'people.0.id\' should be the whole number that Telegram gave this person, but is "@ada".',
    ],
    [
      'people: [{ id: -1001234567890, name: Ada, roles: [operator] }]\n',
      "1:16: 'people.0.id' should be the number of a person, which is above 0 (those of groups are below), but is -1001234567890.",
    ],
    [
      'people: [{ id: 12345678901234567890, name: Ada, roles: [operator] }]\n',
      "1:16: 'people.0.id' should be the whole number that Telegram gave this person, but is 12345678901234567000.",
    ],
    [
      'people: [{ id: 1.5, name: Ada, roles: [operator] }]\n',
      "1:16: 'people.0.id' should be the whole number that Telegram gave this person, but is 1.5.",
    ],
    [
      'people: [{ id: 1, name: " ", roles: [operator] }]\n',
      '1:25: \'people.0.name\' should be a text that is not empty, but is " ".',
    ],
    [
      'people: [{ id: 1, name: Ada, roles: operator }]\n',
      '1:37: \'people.0.roles\' should be a list of roles, but is "operator".',
    ],
    [
      'people: [{ id: 1, name: Ada, roles: [operator, admin] }]\n',
      '1:48: \'people.0.roles.1\' should be operator or approver, but is "admin".',
    ],
    [
      'people:\n  - { id: 7, name: Ada, roles: [operator] }\n  - { id: 8, name: Ben, roles: [approver] }\n  - { id: 7, name: Ada, roles: [approver] }\n',
      "4:11: 'people.2.id' is 7, as 'people.0.id' is: list each person once, with all roles.",
    ],
  ])('%j', refused);
});

describe('steps', () => {
  test.each<[string, ...string[]]>([
    ['steps: 100 %\n', '1:8: \'steps\' should be a list of steps, but is "100 %".'],
    ['steps: []\n', "1:8: 'steps' should be a list of one step or more, but is an empty list."],
    ['steps: { traffic: 100 % }\n', "1:8: 'steps' should be a list of steps, but is a map."],
    [
      'steps: [10 %, 100 %]\n',
      '1:9: \'steps.0\' should be a step such as { traffic: 10 %, watch: 30m }, but is "10 %".',
      '1:15: \'steps.1\' should be a step such as { traffic: 10 %, watch: 30m }, but is "100 %".',
    ],
    [
      'steps: [{ traffic: 0 % }, { traffic: 100 % }]\n',
      '1:20: \'steps.0.traffic\' should be a share of the traffic above 0 % and up to 100 %, with one decimal at most, but is "0 %".',
    ],
    [
      'steps: [{ traffic: 12.55 % }, { traffic: 100 % }]\n',
      '1:20: \'steps.0.traffic\' should be a share of the traffic above 0 % and up to 100 %, with one decimal at most, but is "12.55 %".',
    ],
    [
      'steps: [{ traffic: 120 }]\n',
      "1:20: 'steps.0.traffic' should be a share of the traffic above 0 % and up to 100 %, with one decimal at most, but is 120.",
    ],
    [
      'steps: [{ traffic: half }, { traffic: 100 % }]\n',
      '1:20: \'steps.0.traffic\' should be a share of the traffic above 0 % and up to 100 %, with one decimal at most, but is "half".',
    ],
    [
      'steps: [{ traffic: [10] }, { traffic: 100 % }]\n',
      "1:20: 'steps.0.traffic' should be a share of the traffic such as 10 %, but is a list.",
    ],
    ['steps:\n  - traffic: 10 %\n', "2:3: 'steps' should end with a step of 100 %, but ends with 10 %."],
    [
      'steps:\n  - traffic: 50 %\n  - traffic: 10 %\n  - traffic: 100 %\n',
      "3:14: 'steps.1.traffic' should be above the 50 % of the step before, but is 10 %.",
    ],
    [
      'steps:\n  - traffic: 100 %\n  - traffic: 100 %\n',
      "3:14: 'steps.1.traffic' should be above the 100 % of the step before, but is 100 %.",
    ],
    [
      'shardBy: ip\nsteps:\n  - traffic: 2.5 %\n  - traffic: 100 %\n',
      "3:14: 'steps.0.traffic' should be whole per cent, which is all that App Engine takes where traffic is split by ip, but is 2.5 %.",
    ],
    [
      'steps: [{ traffic: 100 %, watch: half an hour }]\n',
      '1:34: \'steps.0.watch\' should be a duration such as 30m or 2h, but is "half an hour".',
    ],
    [
      'steps: [{ traffic: 100 %, watch: 30 }]\n',
      "1:34: 'steps.0.watch' should be a duration such as 30m or 2h, but is 30.",
    ],
    [
      'steps: [{ traffic: 100 %, watch: 1000d }]\n',
      '1:34: \'steps.0.watch\' should be a duration from 0s to 365d, but is "1000d".',
    ],
    ['shardBy: random cookie\n', '1:10: \'shardBy\' should be random, cookie or ip, but is "random cookie".'],
  ])('%j', refused);
});

describe('approval, checklist, monitoring', () => {
  test.each<[string, ...string[]]>([
    [
      'approval: []\n',
      "1:11: 'approval' should be a map with needed, twoPerson, expires, remind, hold, emergency and rollBackAfter, but is an empty list.",
    ],
    [
      'approval: two\n',
      '1:11: \'approval\' should be a map with needed, twoPerson, expires, remind, hold, emergency and rollBackAfter, but is "two".',
    ],
    ['approval: { needed: 0 }\n', "1:21: 'approval.needed' should be a whole number from 1 on, but is 0."],
    [
      'approval: { needed: 1.5 }\n',
      "1:21: 'approval.needed' should be a whole number from 1 on, but is 1.5.",
    ],
    [
      'approval: { needed: "two" }\n',
      '1:21: \'approval.needed\' should be a whole number from 1 on, but is "two".',
    ],
    ['approval: { twoPerson: yes }\n', '1:24: \'approval.twoPerson\' should be true or false, but is "yes".'],
    [
      'approval: { expires: 0s }\n',
      '1:22: \'approval.expires\' should be a duration from 1m to 7d, but is "0s".',
    ],
    ['approval: { hold: 8d }\n', '1:19: \'approval.hold\' should be a duration from 1m to 7d, but is "8d".'],
    ['checklist: Testing\n', '1:12: \'checklist\' should be a list of sections, but is "Testing".'],
    [
      'checklist: [Testing]\n',
      '1:13: \'checklist.0\' should be a section with a title and items, but is "Testing".',
    ],
    [
      'checklist: [{ title: Testing, items: [] }]\n',
      "1:38: 'checklist.0.items' should be a list of one item or more, but is an empty list.",
    ],
    [
      'checklist: [{ title: "", items: [Load test, 7] }]\n',
      '1:22: \'checklist.0.title\' should be a text that is not empty, but is "".',
      "1:45: 'checklist.0.items.1' should be a text, or a map such as { text: Run the tests, run: npm test }, but is 7.",
    ],
    [
      'monitoring: { lag: 2d }\n',
      '1:20: \'monitoring.lag\' should be a duration from 0s to 1h, but is "2d".',
    ],
    [
      'monitoring:\n',
      "1:1: 'monitoring' should be a map with lag, figures, falseAlarm, rehearsal, say, metrics and commands, but is empty: give it one, or delete the line to have the default.",
    ],
    [
      'monitoring: { falseAlarm: 10 % }\n',
      '1:27: \'monitoring.falseAlarm\' should be a share such as 1 %, from 0.1 % to 5 %, but is "10 %".',
    ],
    [
      'monitoring: { falseAlarm: 0.05 % }\n',
      '1:27: \'monitoring.falseAlarm\' should be a share such as 1 %, from 0.1 % to 5 %, but is "0.05 %".',
    ],
    [
      'monitoring: { falseAlarm: 0.01 }\n',
      "1:27: 'monitoring.falseAlarm' should be a share such as 1 %, from 0.1 % to 5 %, but is 0.01.",
    ],
    [
      'monitoring: { rehearsal: always }\n',
      '1:26: \'monitoring.rehearsal\' should be true or false, but is "always".',
    ],
    [
      'monitoring: { say: { memory: off } }\n',
      '1:30: \'monitoring.say.memory\' should be required, usual or advisory, but is "off".',
    ],
    [
      'monitoring: { say: advisory }\n',
      '1:20: \'monitoring.say\' should be a map with errors, latency, memory, cpu and errorLogs, but is "advisory".',
    ],
    [
      'monitoring: { say: { error: required } }\n',
      "1:22: 'monitoring.say.error' is not a key of a plan. Did you mean 'errors'?",
    ],
    [
      `monitoring: { metrics: [{ name: orders, filter: 'metric.type="x"' }] }\n`,
      "1:25: 'monitoring.metrics.0.bad' is missing: add it, such as bad: decrease.",
    ],
    [
      `monitoring: { metrics: [{ name: orders, filter: orders, bad: fewer, measure: p95 }] }\n`,
      '1:49: \'monitoring.metrics.0.filter\' should be a filter that names its metric.type, but is "orders".',
      '1:62: \'monitoring.metrics.0.bad\' should be increase or decrease, but is "fewer".',
      '1:78: \'monitoring.metrics.0.measure\' should be sum or mean, but is "p95".',
    ],
    [
      `monitoring: { metrics: [{ name: a, filter: 'metric.type="x"', bad: decrease, version: version }] }\n`,
      '1:87: \'monitoring.metrics.0.version\' should be a label such as resource.labels.version_id or metric.labels.version, but is "version".',
    ],
  ])('%j', refused);
});
