import { isScalar, type Node, type Scalar } from 'yaml';
import { asMap, entriesOf, type YamlFile } from './document.ts';

/**
 * A map of texts such as env_variables. gcloud reads YAML 1.1 into Python's values and prints those, so that `yes`
 * becomes "True" and `1e3` becomes "1000.0"; the same app must get the same texts from us.
 */
export function textMap(file: YamlFile, key: string, node: Node | null): Record<string, string> {
  return mapOf(file, key, node, pythonText);
}

/** As {@link textMap}; but in headers gcloud writes `yes` as "true". */
export function headerMap(file: YamlFile, key: string, node: Node | null): Record<string, string> {
  return mapOf(file, key, node, (scalar) =>
    typeof scalar.value === 'boolean' ? String(scalar.value) : pythonText(scalar),
  );
}

function mapOf(
  file: YamlFile,
  key: string,
  node: Node | null,
  print: (scalar: Scalar) => string,
): Record<string, string> {
  const pairs = entriesOf(file, asMap(file, key, node)).map(({ key: name, value }) => {
    if (value !== null && !isScalar(value)) {
      throw file.fault(value, `${key}.${name} must be a text, but it is a list or a map: put it in quotes.`);
    }
    return [name, value === null ? 'None' : print(value)] as const;
  });
  return Object.fromEntries(pairs);
}

function pythonText(scalar: Scalar): string {
  const { value } = scalar;
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Date) return pythonDate(value, scalar.source ?? '');
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const written = scalar.source ?? '';
  const fraction = /[.]|^[^x]*[eE]/.test(written) && !/^[-+]?0x/i.test(written);
  return fraction ? pythonFloat(value) : String(value);
}

/** Python turns to exponents from 1e16 on and below 1e-4, and keeps a ".0" where nothing follows the point. */
function pythonFloat(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** "2024-02-29" stays a date; with a time of day it is printed in UTC, the offset applied and lost. */
function pythonDate(date: Date, source: string): string {
  const iso = date.toISOString();
  if (/^\d{4}-\d{1,2}-\d{1,2}$/.test(source)) return iso.slice(0, 10);
  const micros = iso.slice(19, 23) === '.000' ? '' : `${iso.slice(19, 23)}000`;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${micros}`;
}
