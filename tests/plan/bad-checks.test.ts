import { describe, test } from 'vitest';
import { refused } from './refused.ts';

/** A plan with one check, which stands in the same place of every test. */
const withCheck = (check: string) =>
  `success:\n  criteria:\n    - text: a\n      checks:\n        - ${check}\n`;

/** The check's place in sentences. */
const IT = 'success.criteria.0.checks.0';

describe('one check', () => {
  test.each<[string, ...string[]]>([
    [
      'errors',
      '5:11: \'IT\' should be a check such as { name: errors, kind: errors, atMost: 1 % }, but is "errors".',
    ],
    ['', "5:11: 'IT' should be a check such as { name: errors, kind: errors, atMost: 1 % }, but is empty."],
    [
      '[errors]',
      "5:11: 'IT' should be a check such as { name: errors, kind: errors, atMost: 1 % }, but is a list.",
    ],
    [
      '{ name: a }',
      "5:11: 'IT.kind' is missing: add it, one of errors, latency, logs, metric, page or command.",
    ],
    ['{ kind: errors, atMost: 1 % }', "5:11: 'IT.name' is missing: add it, such as name: signals a day."],
    [
      '{ name: a, kind: log, filter: x, atMost: 0 }',
      "5:28: 'IT.kind' should be errors, latency, logs, metric, page or command, but is \"log\". Did you mean 'logs'?",
    ],
    [
      '{ name: a, kind: 7 }',
      "5:28: 'IT.kind' should be errors, latency, logs, metric, page or command, but is 7.",
    ],
    [
      '{ name: a, kind: uptime, url: x }',
      '5:28: \'IT.kind\' should be errors, latency, logs, metric, page or command, but is "uptime".',
      "5:36: 'IT.url' is not a key of a plan. Known here: name, kind, atMost, filter, per, atLeast, measure, path, status, body, json, within, run, shell.",
    ],
    ['{ name: a, kind: errors }', "5:11: 'IT.atMost' is missing: add it, such as atMost: 1 %."],
    [
      '{ name: a, kind: errors, atMost: 0.01 }',
      "5:44: 'IT.atMost' should be a share such as 1 %, from 0 % to 100 %, but is 0.01.",
    ],
    [
      '{ name: a, kind: errors, atMost: 101 % }',
      '5:44: \'IT.atMost\' should be a share such as 1 %, from 0 % to 100 %, but is "101 %".',
    ],
    [
      '{ name: a, kind: errors, atMost: 1 %, filter: x }',
      "5:49: 'IT.filter' does not go with the kind errors, but with logs or metric. Known here: name, kind, atMost.",
    ],
    [
      '{ name: a, kind: errors, atMost: 1 %, most: 3 }',
      "5:49: 'IT.most' is not a key of a plan. Did you mean 'atMost'?",
    ],
    [
      '{ name: a, kind: latency, atMost: 400ms }',
      '5:45: \'IT.atMost\' should be a number of milliseconds from 1 on, but is "400ms".',
    ],
    [
      '{ name: a, kind: latency, atMost: 0 }',
      "5:45: 'IT.atMost' should be a number of milliseconds from 1 on, but is 0.",
    ],
    [
      '{ name: a, kind: latency, atMost: .inf }',
      "5:45: 'IT.atMost' should be a number of milliseconds from 1 on, but is Infinity.",
    ],
    [
      '{ name: a, kind: logs, atMost: 0 }',
      '5:11: \'IT.filter\' is missing: add it, such as filter: jsonPayload.event="signal".',
    ],
    [
      '{ name: a, kind: logs, filter: x }',
      "5:11: 'IT' should have 'atLeast', 'atMost' or both: nothing is asked of the figure.",
    ],
    [
      '{ name: a, kind: logs, filter: x, atLeast: 7, atMost: 3 }',
      "5:54: 'IT.atLeast' is 7, which is above its 'atMost' of 3.",
    ],
    [
      '{ name: a, kind: logs, filter: x, atMost: 3, per: day }',
      '5:61: \'IT.per\' should be a duration such as 30m or 2h, but is "day".',
    ],
    [
      '{ name: a, kind: logs, filter: x, atMost: 3, per: 1s }',
      '5:61: \'IT.per\' should be a duration from 1m to 365d, but is "1s".',
    ],
    [
      '{ name: a, kind: logs, filter: x, atMost: 3, measure: sum }',
      "5:56: 'IT.measure' does not go with the kind logs, but with metric. Known here: name, kind, filter, per, atLeast, atMost.",
    ],
    [
      '{ name: a, kind: logs, filter: x, atLeast: "3" }',
      '5:54: \'IT.atLeast\' should be a number, but is "3".',
    ],
    [
      '{ name: a, kind: metric, filter: signals, measure: sum, atMost: 3 }',
      '5:44: \'IT.filter\' should be a filter that names its metric.type, but is "signals".',
    ],
    [
      '{ name: a, kind: metric, filter: metric.type="x", measure: average, atMost: 3 }',
      '5:70: \'IT.measure\' should be sum, mean, min, max, p50, p95 or p99, but is "average".',
    ],
    [
      '{ name: a, kind: metric, filter: metric.type="x", measure: mean, per: 1d, atMost: 3 }',
      "5:81: 'IT.per' goes with the measure sum only, as no other grows with the span, but the measure is mean.",
    ],
    [
      '{ name: a, kind: metric, filter: metric.type="x", measure: mean }',
      "5:11: 'IT' should have 'atLeast', 'atMost' or both: nothing is asked of the figure.",
    ],
    [
      '{ name: a, kind: page, path: stats }',
      '5:40: \'IT.path\' should be a path that begins with one /, but is "stats".',
    ],
    [
      '{ name: a, kind: page, path: /stats, json: quality }',
      '5:54: \'IT.json\' should be a map such as { path: status, is: ok }, but is "quality".',
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { is: 3 } }',
      "5:54: 'IT.json.path' is missing: add it, such as path: stats.signals.0.quality.",
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { path: stats..quality } }',
      '5:62: \'IT.json.path\' should be names and numbers with one dot between each two, but is "stats..quality".',
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { path: q, is: 3, atMost: 4 } }',
      "5:69: 'IT.json.is' leaves nothing for 'atMost' to ask: keep one of the two.",
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { path: q, atLeast: 5, atMost: 4 } }',
      "5:74: 'IT.json.atLeast' is 5, which is above its 'atMost' of 4.",
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { path: q, is: [3] } }',
      "5:69: 'IT.json.is' should be a text, a number, true or false, but is a list.",
    ],
    [
      '{ name: a, kind: page, path: /stats, json: { path: q, equals: 3 } }',
      "5:65: 'IT.json.equals' is not a key of a plan. Known here: path, is, atLeast, atMost.",
    ],
    [
      '{ name: a, kind: command, run: exit 1 }',
      "5:42: 'success.criteria.0.checks.0.run' should be a program and its arguments, but only a shell has exit. Add shell: true to have the shell run it.",
    ],
    [
      '{ name: a, kind: command, run: "" }',
      '5:42: \'IT.run\' should be a text that is not empty, but is "".',
    ],
    [
      '{ name: a, kind: command, run: x, within: 2d }',
      '5:53: \'IT.within\' should be a duration from 1s to 24h, but is "2d".',
    ],
  ])('%s', (check, ...sentences) =>
    refused(withCheck(check), ...sentences.map((sentence) => sentence.replace('IT', IT))),
  );
});
