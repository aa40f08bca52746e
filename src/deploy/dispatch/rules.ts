import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';

/** A rule of App Engine's routing: requests that fit go to a service. The first that fits counts. */
export interface DispatchRule {
  /** "*" in front stands for anything. */
  readonly domain: string;
  /** "*" at the end stands for anything. */
  readonly path: string;
  readonly service: string;
}

/** What a dispatch.yaml changes: all rules are replaced at once. */
export interface DispatchChange {
  readonly before: readonly DispatchRule[];
  readonly after: readonly DispatchRule[];
}

const ruleSchema = v.object({
  domain: v.optional(v.string(), '*'),
  path: v.optional(v.string(), ''),
  service: v.optional(v.string(), 'default'),
});

/** A rule as App Engine prints it, where what is not set is left out. */
export function ruleOf(resource: object): DispatchRule {
  return v.parse(ruleSchema, resource);
}

export function sameRules(some: readonly object[], others: readonly object[]): boolean {
  return isDeepStrictEqual(some.map(ruleOf), others.map(ruleOf));
}

/** A line for people: "*\/work/* → worker". */
export function describeRule(rule: object): string {
  const { domain, path, service } = ruleOf(rule);
  return `${domain}${path} → ${service}`;
}
