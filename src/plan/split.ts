/**
 * How the traffic of one service is divided. Shares are whole thousandths, so that they add up exactly: App Engine
 * takes two decimals for IP splits and three for cookie and random ones.
 */
export interface Split {
  readonly shardBy: ShardBy;
  /** Version id to thousandths of the traffic, in 1..1000; the values sum to 1000. */
  readonly shares: Readonly<Record<string, number>>;
}

/** `UNSPECIFIED` is what App Engine keeps for a service whose traffic was never split. */
export type ShardBy = 'UNSPECIFIED' | 'COOKIE' | 'IP' | 'RANDOM';

export const WHOLE = 1000;

/**
 * Same shares for the same versions. Who is diverted by what does not count while one version has everything: App
 * Engine then reports any `shardBy`.
 */
export function sameSplit(a: Split, b: Split): boolean {
  const versions = Object.keys(a.shares);
  const shares =
    versions.length === Object.keys(b.shares).length && versions.every((v) => a.shares[v] === b.shares[v]);
  return shares && (versions.length === 1 || a.shardBy === b.shardBy);
}

/**
 * The split that gives `share` thousandths to `version` and leaves the rest to the versions of `base`, in their old
 * proportion. Whole units are handed out by largest remainder, so the sum is exact.
 * @param unit smallest step App Engine takes: 10 thousandths for IP, 1 otherwise.
 */
export function openGate(base: Split, version: string, share: number, shardBy: ShardBy): Split {
  const others = Object.entries(base.shares).filter(([id]) => id !== version);
  const total = others.reduce((sum, [, s]) => sum + s, 0);
  if (share >= WHOLE || total === 0) return { shardBy, shares: { [version]: WHOLE } };

  const unit = shardBy === 'IP' ? 10 : 1;
  const units = Math.floor((WHOLE - share) / unit);
  const exact = others.map(([id, s]) => ({ id, exact: (s * units) / total }));
  const shares: Record<string, number> = {};
  let left = units;
  for (const { id, exact: e } of exact) {
    shares[id] = Math.floor(e);
    left -= Math.floor(e);
  }
  const byRemainder = exact.toSorted((a, b) => (b.exact % 1) - (a.exact % 1));
  for (const { id } of byRemainder.slice(0, left)) shares[id] = (shares[id] ?? 0) + 1;

  const result: Record<string, number> = { [version]: WHOLE };
  for (const [id, n] of Object.entries(shares)) {
    if (n === 0) continue;
    result[id] = n * unit;
    result[version] = (result[version] ?? 0) - n * unit;
  }
  return { shardBy, shares: result };
}

/** Ids of the versions that serve next to one. */
export function versionsBeside(split: Split, version: string): string[] {
  return Object.keys(split.shares).filter((id) => id !== version);
}

/** "v1 90 %, v2 10 %", largest share first. */
export function describeSplit(split: Split): string {
  return Object.entries(split.shares)
    .toSorted(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .map(([id, share]) => `${id} ${share / 10} %`)
    .join(', ');
}
