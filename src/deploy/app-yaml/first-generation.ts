import { fault, type Spot } from './document.ts';
import { API_CONFIG, url } from './handlers.ts';
import { flag, listOf, pattern, type Read, text, whole, word } from './kinds.ts';
import { shape } from './shape.ts';

/** Libraries of the python27 runtime: the versions that gcloud takes, the one that "latest" stands for in front. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  clearsilver: ['0.10.5'],
  click: ['6.6'],
  django: ['1.4', '1.2', '1.3', '1.5', '1.9', '1.11'],
  enum: ['0.9.23'],
  endpoints: ['1.0'],
  flask: ['0.12'],
  futures: ['3.0.5'],
  grpcio: ['1.0.0'],
  itsdangerous: ['0.24'],
  jinja2: ['2.6'],
  lxml: ['3.7.3', '2.3', '2.3.5'],
  markupsafe: ['0.15', '0.23'],
  matplotlib: ['1.2.0'],
  MySQLdb: ['1.2.5', '1.2.4b4', '1.2.4'],
  mysqlclient: ['1.4.4'],
  numpy: ['1.6.1'],
  PIL: ['1.1.7'],
  protorpc: ['1.0'],
  pytz: ['2017.3', '2016.4', '2017.2'],
  crcmod: ['1.7'],
  protobuf: ['3.0.0'],
  psycopg2: ['2.8.3'],
  PyAMF: ['0.6.1', '0.7.2'],
  pycrypto: ['2.6', '2.3', '2.6.1'],
  setuptools: ['36.6.0', '0.6c11'],
  six: ['1.12.0', '1.9.0'],
  ssl: ['2.7.11', '2.7', '2.7.16', '2.7.current'],
  ujson: ['1.35'],
  webapp2: ['2.5.2', '2.3', '2.5.1'],
  webob: ['1.2.3', '1.1.1'],
  werkzeug: ['0.11.10'],
  yaml: ['3.10'],
};

const library = shape({
  name: { to: 'name', read: text, required: true },
  version: { to: 'version', read: text, required: true },
});

export const libraries: Read<object[]> = (spot) => {
  const seen = new Set<unknown>();
  const readOne = (item: Spot) => {
    const { name, version } = library(item);
    const versions = Object.hasOwn(LIBRARIES, String(name)) ? LIBRARIES[String(name)] : undefined;
    if (!versions) throw fault(item, `the library "${name}" is not one that App Engine has: delete it.`);
    if (seen.has(name)) throw fault(item, `the library "${name}" is listed twice: keep one.`);
    seen.add(name);
    if (version === 'latest') return { name, version: versions[0] };
    if (versions.includes(String(version))) return { name, version };
    throw fault(
      item,
      `the library "${name}" has no version "${version}": use ${versions.join(', ')} or latest.`,
    );
  };
  return listOf(readOne)(spot);
};

export const apiConfig = shape(API_CONFIG);

export const errorHandlers = listOf(
  shape({
    error_code: {
      to: 'errorCode',
      read: (spot) =>
        `ERROR_CODE_${pattern(/default|over_quota|dos_api_denial|timeout/, 'default, over_quota, dos_api_denial or timeout')(spot).toUpperCase()}`,
    },
    file: { to: 'staticFile', read: pattern(/.+/, 'a path'), required: true },
    mime_type: { to: 'mimeType', read: text },
  }),
);

/** Checked, and no longer sent. */
export const adminConsole = shape({
  pages: {
    read: listOf(
      shape({ url: { read: url, required: true }, name: { read: pattern(/.+/, 'a name'), required: true } }),
    ),
  },
});

/** Checked, and no longer sent: backends became services. */
export const backends = listOf(
  shape({
    name: {
      read: pattern(/(?!-)[a-z\d-]{1,100}/, 'a name of lower-case letters, digits and dashes'),
      required: true,
    },
    class: { read: pattern(/[bB](?:1|2|4|8|4_1G)/, 'B1, B2, B4, B8 or B4_1G') },
    instances: { read: whole() },
    max_concurrent_requests: { read: whole() },
    options: {
      read: pattern(/(?:(?:public|dynamic|failfast)(?:, *|$))*/, 'some of public, dynamic and failfast'),
    },
    public: { read: flag },
    dynamic: { read: flag },
    failfast: { read: flag },
    start: { read: pattern(/(?!\^).*(?!\$).{1,256}/, 'a path') },
    state: { read: pattern(/START|STOP|DISABLED/, 'START, STOP or DISABLED') },
  }),
);

/** Checked, and no longer sent. */
export const derivedFileTypes = listOf(word({ java_precompiled: 'java', python_precompiled: 'python' }));
