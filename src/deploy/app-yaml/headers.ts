import { entriesOf, fault, type Spot, scalarOf } from './document.ts';
import { pythonText } from './scalars.ts';

/** Those that only a request may carry, those between two hops (RFC 2616, 13.5.1), and those that App Engine sets. */
const FORBIDDEN = new Set(
  [
    'accept accept-charset accept-encoding accept-language authorization expect from host if-match if-modified-since',
    'if-none-match if-range if-unmodified-since max-forwards proxy-authorization range referer te user-agent',
    'connection keep-alive proxy-authenticate trailers transfer-encoding upgrade',
    'content-encoding content-length date server',
  ].flatMap((line) => line.split(' ')),
);

/** Name and value together, with ": " and the line's end. */
const LONGEST = 500;
/** Of these the value alone is counted, once the whole is longer than {@link LONGEST}. */
const LONGEST_VALUES: Readonly<Record<string, number>> = {
  'content-security-policy': 10_240,
  'x-content-security-policy': 10_240,
  'x-webkit-csp': 10_240,
  'content-security-policy-report-only': 10_240,
  'set-cookie': 4096,
  'set-cookie2': 4096,
  location: 2047,
};

/** http_headers of a handler. gcloud writes `yes` as "true" here, while everywhere else it becomes "True". */
export function readHeaders(spot: Spot): Record<string, string> {
  return Object.fromEntries(
    entriesOf(spot).map(({ name, spot: inner }) => {
      const refused = refusal(name);
      if (refused) throw fault({ ...inner, node: null }, `the header "${name}" ${refused}.`);
      const scalar = scalarOf(inner);
      const printed = pythonText(scalar);
      if (!/^[\x20-\x7e]*$/.test(printed)) {
        throw fault(inner, `the header "${name}" may hold printable ASCII characters only.`);
      }
      const most = LONGEST_VALUES[name.toLowerCase()] ?? 0;
      if (name.length + printed.length + 4 >= LONGEST && printed.length > most) {
        throw fault(
          inner,
          `the header "${name}" is too long: App Engine takes ${most > 0 ? `${most} characters` : `less than ${LONGEST} with its name`}.`,
        );
      }
      return [name, scalar.kind === 'bool' ? String(scalar.value) : printed] as const;
    }),
  );
}

function refusal(name: string): string | undefined {
  const lower = name.toLowerCase();
  // A token in RFC 2616's sense: printable ASCII without separators.
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(lower)) return 'is no name that HTTP allows';
  if (lower.startsWith('x-appengine')) return 'begins with X-Appengine, which is reserved';
  return FORBIDDEN.has(lower) ? 'cannot be set on an answer of App Engine' : undefined;
}
