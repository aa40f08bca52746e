/**
 * A scalar of YAML 1.1 as gcloud's Python reads it. JavaScript's parsers differ in what `010`, `1:30` or `y` are, and
 * what gcloud makes of them is what App Engine has been given so far.
 */
export type ScalarValue =
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'whole'; readonly value: bigint }
  | { readonly kind: 'fraction'; readonly value: number }
  /** Already printed as Python prints it. */
  | { readonly kind: 'date'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };

const BOOL = /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT =
  /^(?:[-+]?0b[01_]+|[-+]?0?[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
/** The same where the file begins with "%YAML 1.2". */
const BOOL_12 = /^(?:true|True|TRUE|false|False|FALSE)$/;
const FLOAT_12 =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const INT_12 = /^(?:[-+]?0b[01_]+|[-+]?0o?[0-7_]+|[-+]?[0-9_]+|[-+]?0x[0-9a-fA-F_]+)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:Z|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

const CORE = 'tag:yaml.org,2002:';

export type YamlVersion = '1.1' | '1.2';

/**
 * @param tag as in `!!str`; without one a plain text is typed by its looks, and one in quotes is a text.
 * @returns undefined for what gcloud cannot read either, such as 2024-02-30.
 */
export function readScalar(
  text: string,
  plain: boolean,
  tag: string | undefined,
  version: YamlVersion,
): ScalarValue | undefined {
  if (tag !== undefined) return readTagged(text, tag);
  if (!plain) return { kind: 'text', text };
  const [bool, float, int] = version === '1.1' ? [BOOL, FLOAT, INT] : [BOOL_12, FLOAT_12, INT_12];
  if (bool.test(text)) return readBool(text);
  const numeric = /^[-+0-9.]/.test(text);
  if (numeric && float.test(text)) return readFloat(text);
  if (numeric && int.test(text)) return readInt(text, version);
  if (NULL.test(text)) return { kind: 'null' };
  if (DAY.test(text) || (/^\d/.test(text) && /[:]/.test(text) && MOMENT.test(text))) return readMoment(text);
  // YAML 1.1's "value" and "merge" keys: gcloud has no reading for them as values.
  if (text === '=' || text === '<<') return undefined;
  return { kind: 'text', text };
}

function readTagged(text: string, tag: string): ScalarValue | undefined {
  switch (tag.startsWith(CORE) ? tag.slice(CORE.length) : '') {
    case 'str':
      return { kind: 'text', text };
    case 'null':
      return { kind: 'null' };
    case 'bool':
      return BOOL.test(text) || BOOL.test(text.toLowerCase()) ? readBool(text) : undefined;
    case 'int':
      return readInt(text, '1.1');
    case 'float':
      return readFloat(text);
    case 'timestamp':
      return readMoment(text);
    default:
      return undefined;
  }
}

function readBool(text: string): ScalarValue {
  return { kind: 'bool', value: /^(?:y|yes|true|on)$/i.test(text) };
}

function readInt(text: string, version: YamlVersion): ScalarValue | undefined {
  const { negative, digits } = unsigned(text);
  // Octal is what begins with 0 in the one, and with 0o in the other.
  const value = magnitude(version === '1.1' ? digits : digits.replace(/^0+(?=\d)/, ''));
  return value === undefined ? undefined : { kind: 'whole', value: negative ? -value : value };
}

function magnitude(digits: string): bigint | undefined {
  if (/^0b[01]+$/.test(digits) || /^0x[0-9a-f]+$/i.test(digits) || /^0o[0-7]+$/.test(digits))
    return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits}`);
  if (/^\d+(?::\d+)+$/.test(digits))
    return digits.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n);
  return /^(?:0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : undefined;
}

function readFloat(text: string): ScalarValue | undefined {
  const { negative, digits } = unsigned(text.toLowerCase());
  const size = floatMagnitude(digits);
  if (size === undefined) return undefined;
  return { kind: 'fraction', value: negative ? -size : size };
}

function floatMagnitude(digits: string): number | undefined {
  if (digits === '.inf') return Number.POSITIVE_INFINITY;
  if (digits === '.nan') return Number.NaN;
  if (digits.includes(':')) return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return /^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(digits) ? Number(digits) : undefined;
}

function unsigned(text: string): { negative: boolean; digits: string } {
  const digits = text.replaceAll('_', '');
  return { negative: digits.startsWith('-'), digits: digits.replace(/^[-+]/, '') };
}

/** A day stays a day; a time of day is printed in UTC, with the offset applied and lost. */
function readMoment(text: string): ScalarValue | undefined {
  const match = MOMENT.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', sign, tzHour, tzMinute] = match;
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (year === '0000' || at.getUTCMonth() !== Number(month) - 1 || at.getUTCDate() !== Number(day))
    return undefined;
  if (hour === undefined) return { kind: 'date', text: at.toISOString().slice(0, 10) };
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = (Number(tzHour ?? 0) * 60 + Number(tzMinute ?? 0)) * (sign === '-' ? -1 : 1);
  at.setUTCHours(Number(hour), Number(minute) - offset, Number(second));
  const micros = Number(fraction.slice(0, 6).padEnd(6, '0')) + (Number(fraction[6] ?? 0) > 4 ? 1 : 0);
  if (micros > 999_999) return undefined;
  const iso = at.toISOString();
  const rest = micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`;
  return { kind: 'date', text: `${iso.slice(0, 10)} ${iso.slice(11, 19)}${rest}` };
}

/** What Python's str() makes of it: `yes` is "True", `1e3` is "1000.0", nothing is "None". */
export function pythonText(value: ScalarValue): string {
  switch (value.kind) {
    case 'null':
      return 'None';
    case 'bool':
      return value.value ? 'True' : 'False';
    case 'whole':
      return String(value.value);
    case 'fraction':
      return pythonFloat(value.value);
    default:
      return value.text;
  }
}

/** Python turns to exponents from 1e16 on and below 1e-4, and keeps a ".0" where nothing follows the point. */
function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  if (Object.is(value, -0)) return '-0.0';
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
