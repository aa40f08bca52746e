import { type JsonObject, numberAt, objectAt, textAt } from './json.ts';
import { badField } from './refusal.ts';
import { isFlexible } from './runtime.ts';

/** Runtimes of the standard environment, by language. */
const RUNTIMES: readonly { readonly name: string; readonly versions: readonly string[] }[] = [
  { name: 'nodejs', versions: ['10', '12', '14', '16', '18', '20', '22', '24'] },
  { name: 'python', versions: ['27', '37', '38', '39', '310', '311', '312', '313', '314'] },
  {
    name: 'go',
    versions: [
      '111',
      '112',
      '113',
      '114',
      '115',
      '116',
      '118',
      '119',
      '120',
      '121',
      '122',
      '123',
      '124',
      '125',
      '126',
    ],
  },
  { name: 'java', versions: ['8', '11', '17', '21', '25'] },
  { name: 'php', versions: ['55', '72', '73', '74', '81', '82', '83', '84', '85'] },
  { name: 'ruby', versions: ['25', '26', '27', '30', '32', '33', '34', '40'] },
];
const ACCEPTED = RUNTIMES.flatMap(({ name, versions }) => versions.map((version) => name + version));

const SCALINGS = ['automaticScaling', 'basicScaling', 'manualScaling'] as const;
/** Instance classes by how the version scales (cloud.google.com/appengine/docs/standard#instance_classes). */
const CLASSES = {
  automatic: ['F1', 'F2', 'F4', 'F4_1G'],
  other: ['B1', 'B2', 'B4', 'B4_1G', 'B8'],
};

/** What an app.yaml may say that gcloud lets through and App Engine does not take. @throws Refusal */
export function checkSpec(spec: JsonObject): void {
  const runtime = textAt(spec, 'runtime');
  if (runtime === undefined) throw badField('version.runtime', 'Field version.runtime is required.');
  const scalings = SCALINGS.filter((name) => name in spec);
  if (scalings.length > 1) {
    throw badField('version', `A version scales in one way only, but has ${scalings.join(' and ')}.`);
  }
  if (isFlexible(spec)) return;
  if (!ACCEPTED.includes(runtime)) {
    throw badField(
      'version.runtime',
      `Invalid runtime '${runtime}' specified. Accepted runtimes are: [${ACCEPTED.join(', ')}]`,
    );
  }
  checkClass(textAt(spec, 'instanceClass'), scalings[0] ?? 'automaticScaling');
  checkInstances(objectAt(objectAt(spec, 'automaticScaling'), 'standardSchedulerSettings'));
}

function checkClass(given: string | undefined, scaling: (typeof SCALINGS)[number]): void {
  const allowed = scaling === 'automaticScaling' ? CLASSES.automatic : CLASSES.other;
  if (given === undefined || allowed.includes(given)) return;
  throw badField(
    'version.instance_class',
    `Instance class '${given}' does not go with ${scaling}: it must be one of ${allowed.join(', ')}.`,
  );
}

function checkInstances(settings: JsonObject): void {
  const [min = 0, max = Number.POSITIVE_INFINITY] = [
    numberAt(settings, 'minInstances'),
    numberAt(settings, 'maxInstances') || undefined,
  ];
  if (min <= max) return;
  throw badField(
    'version.automatic_scaling.standard_scheduler_settings.min_instances',
    `min_instances is ${min}, but must not be greater than max_instances, which is ${max}.`,
  );
}
