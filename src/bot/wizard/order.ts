/** What was said after `/deploy`. */
export interface Order {
  readonly service?: string;
  /** A branch, a version, a folder …: what it means, the world knows. */
  readonly what?: string;
}

const HOW = 'Such as: /deploy main, /deploy v42, /deploy gs://bucket/app.zip or /deploy ./folder';

/** "[SERVICE] [WHAT]": a first word that is a service is one. */
export function parseOrder(words: string, services: readonly string[]): Order | { readonly problem: string } {
  const [first, second, ...rest] = words.split(/\s+/).filter((word) => word !== '');
  const several = services.length > 1 ? ', with the service in front' : '';
  if (rest.length > 0)
    return { problem: `After /deploy come a service and what is to be released, no more. ${HOW}${several}.` };
  if (first === undefined) return {};
  if (services.includes(first)) return { service: first, ...(second !== undefined && { what: second }) };
  if (second === undefined) return { what: first };
  return { problem: `There is no service '${first}' here. Known: ${services.join(', ')}.` };
}
