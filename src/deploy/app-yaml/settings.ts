import { isScalar, isSeq, type Node } from 'yaml';
import { CloudError } from '../../google/cloud-error.ts';
import { asList, asText, asWord, entriesOf, unknownKey, type YamlFile } from './document.ts';
import { readHandlers } from './handlers.ts';
import type { AppYaml, ReadField } from './read.ts';
import { readAutomatic, readBasic, readManual } from './scaling.ts';
import { textMap } from './values.ts';

interface Setting {
  /** Its name in App Engine's version resource. */
  readonly field: string;
  readonly read: ReadField;
}

const INBOUND = [
  'warmup',
  'mail',
  'mail_bounce',
  'xmpp_message',
  'xmpp_subscribe',
  'xmpp_presence',
  'xmpp_error',
  'channel_presence',
] as const;

const SETTINGS: Readonly<Record<string, Setting>> = {
  runtime: { field: 'runtime', read: asText },
  entrypoint: {
    field: 'entrypoint',
    read: (file, key, node) => ({ shell: shellOf(asText(file, key, node)) }),
  },
  env_variables: { field: 'envVariables', read: textMap },
  build_env_variables: { field: 'buildEnvVariables', read: textMap },
  instance_class: { field: 'instanceClass', read: asText },
  automatic_scaling: { field: 'automaticScaling', read: readAutomatic },
  basic_scaling: { field: 'basicScaling', read: readBasic },
  manual_scaling: { field: 'manualScaling', read: readManual },
  handlers: { field: 'handlers', read: readHandlers },
  inbound_services: {
    field: 'inboundServices',
    read: (file, key, node) =>
      asList(file, key, node).map(
        (item) => `INBOUND_SERVICE_${asWord(file, key, item, INBOUND).toUpperCase()}`,
      ),
  },
  service_account: { field: 'serviceAccount', read: asText },
};

/** Keys that gcloud refuses as well, with the way out. */
const REFUSED: Readonly<Record<string, string>> = {
  version: 'the version is given to /deploy',
  application: 'the project is in GOOGLE_CLOUD_PROJECT',
  project: 'the project is in GOOGLE_CLOUD_PROJECT',
  threadsafe: 'this runtime has no such switch',
};

export function readSettings(file: YamlFile, path: string): AppYaml {
  let service = 'default';
  const body: Record<string, unknown> = {};
  for (const { key, keyNode, value } of entriesOf(file, file.root)) {
    if (key === 'service') {
      service = asText(file, key, value);
      continue;
    }
    const refused = REFUSED[key];
    if (refused !== undefined)
      throw file.fault(keyNode, `"${key}" does not belong here (${refused}): delete the line.`);
    const setting = SETTINGS[key];
    if (!setting) throw unknownKey(file, keyNode, key, ['service', ...Object.keys(SETTINGS)], 'in app.yaml');
    if (isEmpty(value) && key !== 'runtime') continue;
    const read = setting.read(file, key, value);
    // A map of texts without entries says nothing; `automatic_scaling: {}` does.
    if (setting.read === textMap && Object.keys(read ?? {}).length === 0) continue;
    body[setting.field] = read;
  }
  const scalings = ['automaticScaling', 'basicScaling', 'manualScaling'].filter((field) => field in body);
  if (scalings.length > 1) {
    throw new CloudError(
      'invalid',
      `${path} has more than one kind of scaling (${scalings.join(', ')}): keep one.`,
    );
  }
  const { runtime } = body;
  if (typeof runtime !== 'string') {
    throw new CloudError('invalid', `${path} names no runtime: add a line such as "runtime: nodejs20".`);
  }
  // gcloud always sends an entrypoint, empty when the runtime chooses its own.
  return { service, runtime, body: { entrypoint: { shell: '' }, ...body } };
}

/** App Engine puts `exec` in front by itself. */
function shellOf(command: string): string {
  return command.replace(/^exec /, '');
}

/** A key without a value, or with an empty list. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null) || (isSeq(node) && node.items.length === 0);
}
