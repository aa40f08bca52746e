import {
  entriesOf,
  fault,
  fileFault,
  isNull,
  openYaml,
  type Spot,
  said,
  scalarOf,
} from '../app-yaml/document.ts';
import { listOf, pattern, refuseApplication } from '../app-yaml/kinds.ts';
import { type Fields, readFields } from '../app-yaml/shape.ts';
import { readConfigText } from '../config-text.ts';
import type { DispatchRule } from './rules.ts';

/** "A dispatch file can contain up to 20 routing rules", says the reference of dispatch.yaml. */
const MOST_RULES = 20;
/** The same: "neither the hostname nor the path can be longer than 100 characters". */
const LONGEST_PART = 100;

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}\\.)*${LABEL}$`);
/** "*" alone, "*-a", "*.a.com", "*-a.b.com". */
const ANY_HOST = new RegExp(
  `^\\*(?:[a-z0-9-]*[a-z0-9])?$|^\\*(?:[a-z0-9-]*[a-z0-9])?\\.(?:${LABEL}\\.)*${LABEL}$`,
);
const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$/;

const service = pattern(
  /(?!-)[a-z\d-]{0,62}[a-z\d]/,
  'the name of a service: small letters, digits and hyphens',
);

const ENTRY: Fields = {
  url: { read: url, required: true },
  service: { read: service },
  module: { read: service },
};

const ROOT: Fields = {
  application: { read: refuseApplication, unlisted: true },
  dispatch: { read: listOf(rule), readsEmpty: true },
};

/**
 * The rules of a dispatch.yaml, as gcloud sends them. `dispatch:` with nothing behind it is no rule at all.
 * @throws CloudError `invalid` with file, line and key.
 */
export async function readDispatchYaml(path: string): Promise<DispatchRule[]> {
  const file = openYaml(path, await readConfigText(path, 'the dispatch rules'), 'dispatch: []');
  if (!file.root) throw fileFault(file, 'is empty: write "dispatch: []" if the app is to have no rules.');
  const root = { file, key: '', node: file.root, keyNode: undefined };
  const dispatch = entriesOf(root).find(({ name }) => name === 'dispatch');
  if (dispatch && isNull(dispatch.spot)) return [];
  const given = readFields(root, ROOT, 'in dispatch.yaml').get('dispatch');
  if (!given) throw fileFault(file, 'has no list of rules: write "dispatch:" above them.');
  const rules = given.value as DispatchRule[];
  if (rules.length <= MOST_RULES) return rules;
  throw fault(
    given.spot,
    `dispatch has ${rules.length} rules; App Engine takes ${MOST_RULES} at most: join some.`,
  );
}

function rule(spot: Spot): DispatchRule {
  const given = readFields(spot, ENTRY, `in ${spot.key}`);
  const named = given.get('service') ?? given.get('module');
  if (!named) throw fault(spot, `${spot.key} needs service: add it.`);
  const old = given.get('module');
  if (old && given.has('service')) {
    throw fault(
      { ...old.spot, node: null },
      'module is the old name of service, which is there too: delete the line.',
    );
  }
  const pattern = given.get('url')?.value as Omit<DispatchRule, 'service'>;
  return { ...pattern, service: String(named.value) };
}

/** HOST/PATH, with "*" in front of the host or at the end of the path, or both. */
function url(spot: Spot): Omit<DispatchRule, 'service'> {
  const value = scalarOf(spot);
  const [, host = '', path = ''] = (value.kind === 'text' && /^([^/]+)(\/.*)\n?$/.exec(value.text)) || [];
  const wrong =
    host === '' ? 'must be a host and a path such as "*/work/*" or "shop.example.com/*"' : hostFault(host);
  if (wrong !== undefined) throw fault(spot, `${spot.key} ${wrong}, but ${said(spot)}.`);
  if (Math.max(host.length, path.length) > LONGEST_PART) {
    throw fault(
      spot,
      `${spot.key} must have ${LONGEST_PART} characters at most in its host and in its path, but ${said(spot)}.`,
    );
  }
  // Of a path that ends in "*", slashes in front of it come down to one.
  if (!path.endsWith('*')) return { domain: host, path };
  const fixed = path.slice(0, -1);
  return { domain: host, path: `${fixed.replace(/\/+$/, '')}${fixed.endsWith('/') ? '/*' : '*'}` };
}

function hostFault(host: string): string | undefined {
  if (host.startsWith('*')) {
    return ANY_HOST.test(host) ? undefined : 'must begin with a host such as "*" or "*.example.com"';
  }
  if (ADDRESS.test(host) && host.split('.').every((part) => Number(part) <= 255)) {
    return 'must name a host, not an address';
  }
  return HOST.test(host) ? undefined : 'must begin with a host in small letters, such as "shop.example.com"';
}
