import { entriesOf, fault, isNull, type Spot, unknownKey } from './document.ts';
import type { Read } from './kinds.ts';

/** A key of app.yaml. */
export interface Field {
  readonly read: Read;
  /** Its name in App Engine's version resource, with a dot for a field inside another; absent: checked, not sent. */
  readonly to?: string;
  /** gcloud refuses the file without it. */
  readonly required?: true;
  /** The reader has its own word on a value that is left empty; otherwise that is as good as no key at all. */
  readonly readsEmpty?: true;
  /** Not offered where a key is not known: any value is refused. */
  readonly unlisted?: true;
}

export type Fields = Readonly<Record<string, Field>>;

/** The values of a map by their keys in the file, each with its place. */
export type Given = ReadonlyMap<string, { readonly value: unknown; readonly spot: Spot }>;

/** @param place "in app.yaml", for the sentence about a key that is not known. */
export function readFields(spot: Spot, fields: Fields, place: string): Given {
  const given = new Map<string, { value: unknown; spot: Spot }>();
  for (const { name, spot: inner } of entriesOf(spot)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) throw unknownKey(inner, name, offered(fields), place);
    if (isNull(inner) && !field.readsEmpty) continue;
    given.set(name, { value: field.read(inner), spot: inner });
  }
  for (const [name, { required }] of Object.entries(fields)) {
    if (required && !given.has(name)) throw fault(spot, `${spot.key} needs ${name}: add it.`);
  }
  return given;
}

function offered(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => !fields[name]?.unlisted);
}

/** The same values by their names in the version resource. Defaults (undefined) and empty lists are left out. */
export function toResource(given: Given, fields: Fields): Record<string, unknown> {
  const resource: Record<string, unknown> = {};
  for (const [name, { value }] of given) {
    const to = fields[name]?.to;
    if (to === undefined || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const [outer = '', inner] = to.split('.');
    if (inner === undefined) resource[outer] = value;
    else resource[outer] = { ...(resource[outer] as object | undefined), [inner]: value };
  }
  return resource;
}

/** A map with a fixed set of keys. @param check looks at several of them together. */
export function shape(
  fields: Fields,
  check?: (given: Given, spot: Spot) => void,
): Read<Record<string, unknown>> {
  return (spot) => {
    const given = readFields(spot, fields, `in ${spot.key}`);
    check?.(given, spot);
    return toResource(given, fields);
  };
}
