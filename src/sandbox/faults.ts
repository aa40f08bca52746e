import * as v from 'valibot';

export type FaultyServer = 'app-engine' | 'telegram';

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const whole = (least: number, most: number) =>
  v.pipe(
    v.number(),
    v.integer(),
    v.minValue(least, `must be ${least} or more`),
    v.maxValue(most, `must be ${most} or less`),
  );
const pattern = v.pipe(v.string(), v.check(isPattern, 'must be a regular expression'));
/** Milliseconds, up to a day. */
const length = whole(1, 86_400_000);

/** An answer in the words of the server that is hit, where nothing else is given. */
const answer = {
  message: v.optional(text),
  /** google.rpc details; App Engine only. */
  details: v.optional(v.array(v.looseObject({ '@type': text }))),
  /** Seconds: the header Retry-After, and Telegram's `retry_after`. */
  retry_after: v.optional(whole(1, 86_400)),
  headers: v.optional(v.record(text, v.string()), {}),
};

const Fault = v.variant('kind', [
  /** Not handled, and answered so. `body` is the whole answer, as it is; a code below 400 wants one. */
  v.strictObject({
    kind: v.literal('status'),
    code: whole(200, 599),
    body: v.optional(v.unknown()),
    ...answer,
  }),
  /** Not handled: the page of a proxy on the way. */
  v.strictObject({ kind: v.literal('html'), code: v.optional(whole(500, 599), 502) }),
  /** Not handled: the connection is cut. */
  v.strictObject({ kind: v.literal('reset') }),
  /** Handled, and then the connection is cut. */
  v.strictObject({ kind: v.literal('lost-answer') }),
  /** Handled, and answered as if it had failed. */
  v.strictObject({ kind: v.literal('late-truth'), code: v.optional(whole(400, 599), 503), ...answer }),
  /** Not handled and never answered; cut when the rule is cleared. */
  v.strictObject({ kind: v.literal('hang') }),
  /** Handled so many real milliseconds later. */
  v.strictObject({ kind: v.literal('delay'), ms: length }),
  /** The operation that the request starts changes nothing and ends with this google.rpc.Status. */
  v.strictObject({
    kind: v.literal('operation-fails'),
    code: v.optional(whole(1, 16), 13),
    message: v.optional(text, 'An internal error occurred.'),
    details: v.optional(v.array(v.looseObject({ '@type': text })), []),
  }),
  /** The operation that the request starts never ends; it goes on when the rule is cleared. */
  v.strictObject({ kind: v.literal('operation-stuck') }),
  /** Monitoring answers as if minutes came so much later (milliseconds of the sandbox's clock) than they do. */
  v.strictObject({ kind: v.literal('late-figures'), ms: length }),
  /** Monitoring leaves out the time series whose labels have this, as JSON: `"v2"`. */
  v.strictObject({ kind: v.literal('partial-figures'), without: pattern }),
]);

const Rule = v.pipe(
  v.strictObject({
    match: v.strictObject({
      /** By default the server that is told. */
      server: v.optional(v.picklist(['app-engine', 'telegram'])),
      /** HTTP's, such as PATCH; any when missing. */
      method: v.optional(v.pipe(text, v.toUpperCase())),
      /** Found in the path with its query, in any case. Telegram's paths begin after the token: "/sendMessage". */
      path: v.optional(pattern, ''),
      /** The first request that it hits, counted among those that match. */
      nth: v.optional(whole(1, 1_000_000), 1),
    }),
    /** So many requests, and then no more. Without it, until the rule is cleared. */
    times: v.optional(whole(1, 1_000_000)),
    /** Share of the requests that are hit, drawn with `seed`. */
    probability: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
    seed: v.optional(v.pipe(v.number(), v.integer()), 1),
    fault: Fault,
  }),
  v.check(
    ({ fault }) =>
      fault.kind !== 'status' || fault.code < 200 || fault.code >= 400 || fault.body !== undefined,
    'fault.body is missing: an answer below 400 needs one',
  ),
  v.check(
    ({ match, fault }) => match.server !== 'telegram' || !ONLY_APP_ENGINE.test(fault.kind),
    'a fault of operations or figures is for the App Engine, not for Telegram',
  ),
);

const ONLY_APP_ENGINE = /^operation-|-figures$/;

export type Fault = v.InferOutput<typeof Fault>;
export type FaultRule = v.InferInput<typeof Rule>;

/** A rule under its number, and how it fared. */
export interface StandingRule {
  readonly id: number;
  readonly server: FaultyServer;
  readonly rule: v.InferOutput<typeof Rule>;
  /** Requests that matched. */
  readonly seen: number;
  /** Requests that were hit. */
  readonly hits: number;
}

/** A fault that a request met. */
export interface Hit {
  readonly fault: Fault;
  /** Aborted when the rule is cleared. */
  readonly cleared: AbortSignal;
}

/** What was asked for is no rule, in a sentence. */
export class WrongRule extends Error {
  override name = 'WrongRule';
}

interface Entry extends StandingRule {
  readonly path: RegExp;
  readonly draw: () => number;
  readonly clearing: AbortController;
  seen: number;
  hits: number;
}

/** Faults that somebody has asked for, of both local servers. Kept in memory: a server started anew has none. */
export class Faults {
  readonly #entries = new Map<number, Entry>();
  #nextId = 1;

  /**
   * @param server whom the rule is for when it does not say.
   * @throws WrongRule
   */
  add(request: unknown, server: FaultyServer): StandingRule {
    const parsed = v.safeParse(Rule, request);
    if (!parsed.success) throw new WrongRule(tellIssues(parsed.issues));
    const rule = parsed.output;
    const hit = rule.match.server ?? server;
    if (hit === 'telegram' && ONLY_APP_ENGINE.test(rule.fault.kind)) {
      throw new WrongRule(
        `Expected a fault that Telegram can have, got "${rule.fault.kind}": set match.server to "app-engine".`,
      );
    }
    const entry: Entry = {
      id: this.#nextId++,
      server: hit,
      rule,
      path: new RegExp(rule.match.path, 'i'),
      draw: seeded(rule.seed),
      clearing: new AbortController(),
      seen: 0,
      hits: 0,
    };
    this.#entries.set(entry.id, entry);
    return standing(entry);
  }

  /** Oldest first, those that are used up included. */
  list(): StandingRule[] {
    return [...this.#entries.values()].map(standing);
  }

  /** Ends a rule; what it held back is let go. @returns whether there was one */
  clear(id: number): boolean {
    this.#entries.get(id)?.clearing.abort();
    return this.#entries.delete(id);
  }

  clearAll(): void {
    for (const id of [...this.#entries.keys()]) this.clear(id);
  }

  /** What a request meets; of several rules the oldest counts. Each asking counts as a request. */
  meet(server: FaultyServer, method: string, path: string): Hit | undefined {
    for (const entry of this.#entries.values()) {
      if (!matches(entry, server, method, path)) continue;
      entry.seen++;
      if (!strikes(entry)) continue;
      entry.hits++;
      return { fault: entry.rule.fault, cleared: entry.clearing.signal };
    }
    return undefined;
  }
}

function matches({ server, rule, path }: Entry, at: FaultyServer, method: string, asked: string): boolean {
  return server === at && (rule.match.method ?? method) === method && path.test(asked);
}

function strikes({ rule, seen, hits, draw }: Entry): boolean {
  if (seen < rule.match.nth || (rule.times !== undefined && hits >= rule.times)) return false;
  return rule.probability === undefined || draw() < rule.probability;
}

function standing({ id, server, rule, seen, hits }: Entry): StandingRule {
  return { id, server, rule, seen, hits };
}

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) !== undefined;
  } catch {
    return false;
  }
}

function tellIssues(issues: readonly v.BaseIssue<unknown>[]): string {
  const told = issues.map((issue) => {
    const where = v.getDotPath(issue);
    return where === null ? issue.message : `${where}: ${issue.message}`;
  });
  return `Expected a rule {match, fault, times?, probability?, seed?}. ${told.join('; ')}.`;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
