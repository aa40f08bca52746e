/**
 * Every number the judge goes by, with where it comes from. "Assumed": chosen on principle and tried on simulated
 * windows, not fitted to a live service.
 */

/**
 * Nats. Evidence of all channels together at which a window turns bad. Ville's bound for 1 % would be ln 100; damping,
 * margins and the rule for the best minute make it loose, so this is calibrated: of simulated healthy windows
 * about one in 125 comes this far.
 */
export const ENOUGH = 1.75;
/**
 * What is not found by the end of a window is not found at all: over its last part, the evidence that is enough falls
 * by so many nats.
 */
export const AT_LAST = { nats: 1, part: 1 / 6 } as const;
/** Nats. A window that ends with more than this is not promoted either; calibrated likewise: 2 to 3 % of healthy ones. */
export const DOUBT = -1.85;
/** Nats that one minute may add: lowering a factor keeps the guarantee, and one minute alone must not decide. */
export const MOST_PER_MINUTE = 4.5;
/** Weight of "bad from the start"; the rest is spread over the minutes at which a fault may set in. */
export const FROM_START = 0.6;

/** Fewer canary requests, over the whole window, say nothing good. */
export const FEWEST_REQUESTS = 12;
/** So many requests were to be expected, and none came: no traffic reaches the canary. */
export const EXPECTED_BUT_NONE = 10;

/**
 * Part of a window's evidence that is staked on the next one of the same version, and the nats that it brings at most:
 * less than a verdict takes, so that no window is decided by the one before. Assumed.
 */
export const CARRY = { stake: 0.3, most: 1.5 } as const;

/**
 * The channels share one budget; a channel's evidence must make up for its weight. Those that seldom stray when all is
 * well have more of it, by simulated windows.
 */
export const WEIGHT = {
  errors: 0.21,
  latency: 0.1,
  tail: 0.2,
  memory: 0.11,
  cpu: 0.09,
  errorLogs: 0.23,
  custom: 0.06,
} as const;

/** Ratio of error rates still taken for a nuisance, and the one a finding must reach to matter (practical significance). */
export const ERRORS = {
  /** Variance of the counts over that of independent requests: retries come in clusters. */
  dispersion: 2,
  clustered: true,
  nullRatio: 1.12,
  matters: 1.6,
  /** Part of the requests: a service that hardly ever fails is not judged on single errors. */
  slack: 0.00005,
  multiples: [1.8, 2.5, 4, 8, 16, 40, 120],
  /** Spread of the log rate between minutes that both versions share, and between the versions. Assumed. */
  sharedSpread: 0.35,
  ownSpread: 0.12,
} as const;

/** Lines in the error log beside those of failed requests. Assumed. */
export const ERROR_LOGS = {
  dispersion: 1.15,
  clustered: false,
  nullRatio: 1.4,
  matters: 2.5,
  slack: 0.0001,
  multiples: [3, 6, 12, 30, 80],
  sharedSpread: 0.4,
  ownSpread: 0.2,
} as const;

export const CUSTOM = {
  dispersion: 1.1,
  clustered: false,
  nullRatio: 1.1,
  matters: 1.3,
  slack: 0,
  multiples: [1.5, 2, 4, 10, 40],
  sharedSpread: 0.25,
  ownSpread: 0.1,
} as const;

/**
 * Chance that a minute belongs to an incident that both versions share, whose rate nothing foretells; how many minutes
 * before and after tell of it, and to how many nats at most; chance that it has only just begun or ended. Assumed.
 */
export const INCIDENT = { chance: 0.03, shape: 0.3, multiple: 30, near: 4, surest: 8, sudden: 0.3 } as const;

/**
 * How far the old version's minutes before and after move the rate that a minute is expected to have, and how many
 * events of the past count beside those of the window where an effect is told. Assumed.
 */
export const SURROUNDINGS = { trust: 0.5, surest: 4, pastEvents: 4 } as const;

/**
 * A dispersion is held near the usual one by so many pseudo-minutes. Clusters of errors are counted one by one where
 * both versions together had no more than so many in a minute; else they are only scaled.
 */
export const CLUSTERS = { minutes: 8, most: 16 } as const;

/** Slowdowns as factors: a nuisance; the one that matters; those looked for. */
export const LATENCY = {
  nullFactor: 1.05,
  matters: 1.075,
  factors: [1.1, 1.2, 1.35, 1.6, 2.2],
  /** Mean ranks: how far a healthy minute strays, and by how much history and the present differ. Assumed. */
  minuteSpread: 0.008,
  drift: 0.025,
  /** The body ends here: what lies beyond belongs to the tail, and to cold starts. */
  bodyEnds: 0.97,
} as const;

/** Without concurrent control another hour's load is compared, so margins are wider. Assumed. */
export const BEFORE_AND_AFTER = {
  latency: { nullFactor: 1.15, matters: 1.2 },
  rates: { nullRatio: 1.3, matters: 2 },
} as const;

/** Shares of the history above the borders at which tails are compared. */
export const TAIL = {
  dispersion: 1.1,
  clustered: false,
  shares: [0.05, 0.01, 0.002, 0.0003],
  nullFactor: 1.06,
  mattersFactor: 1.12,
  matters: 1.5,
  multiples: [1.8, 2.5, 4, 8, 16, 40, 120],
  slack: 0,
  sharedSpread: 0.25,
  ownSpread: 0.15,
} as const;

/**
 * Where cold starts cannot be told apart: share of the canary's requests that may wait for an instance, from the
 * start on (decaying over so many minutes), and for each minute that sees few requests; part of them that fails; the
 * milliseconds that they take at least, but for so small a part. Assumed.
 */
export const COLD = {
  share: 0.5,
  decay: 1.8,
  perMinute: 0.3,
  failing: 0.04,
  ownCut: 1000,
  slipping: 0.1,
} as const;

/** Log ratio of the CPU load to the control's. Spread where the history tells none; a start costs more for a while. */
export const CPU = {
  nullFactor: 1.12,
  matters: 1.3,
  factors: [1.4, 1.6, 2, 3],
  autocorrelation: 0.7,
  leastSpread: 0.05,
  /** A process that starts works harder: by so much of a log unit at first, give or take, for so many minutes. */
  start: 0.3,
  startSpread: 0.25,
  startDecay: 1.8,
  /** What healthy versions differ by. */
  levelSpread: 0.05,
  onsets: [0, 4, 8, 12, 16, 20, 24],
} as const;

/** Memory relative to the old version's level: a fresh process starts below it and settles. Assumed. */
export const MEMORY = {
  settling: [2, 3, 4.5, 6.5, 9, 13],
  /** Growth in parts of the old level a minute. */
  leaks: [0.01, 0.02, 0.035, 0.06, 0.12],
  onsets: [0, 5, 10, 15, 20],
  /** What healthy versions differ by, once settled; and how far below it they begin. */
  levelSpread: 0.05,
  gap: 0.4,
  gapSpread: 0.3,
  autocorrelation: 0.88,
  leastSpread: 0.011,
  /** A course that ends above this, at the end of the window, matters, once so much of it is there. */
  matters: 1.1,
  already: 0.05,
  /** The same of a leak that set in later: the end of a slow settling looks like one. */
  alreadyLate: 0.12,
} as const;

/**
 * Declared levels, as log ratios to the control's: what healthy versions differ by, also in their first minutes; noise
 * where few minutes tell of it. Assumed.
 */
export const LEVELS = {
  factors: [1.15, 1.3, 1.6, 2.5],
  matters: 1.1,
  onsets: [0, 5, 10, 15, 20],
  fewest: 4,
  levelSpread: 0.03,
  startDecay: 2,
  leastSpread: 0.02,
  autocorrelation: 0.6,
  usualSpread: 0.1,
  usualMinutes: 4,
} as const;

/** Weight of one of the team's own metrics: they share what there is for them. */
export function ownWeight({
  directions,
  levels = {},
}: {
  readonly directions: object;
  readonly levels?: object;
}): number {
  return WEIGHT.custom / Math.max(1, Object.keys(directions).length + Object.keys(levels).length);
}
