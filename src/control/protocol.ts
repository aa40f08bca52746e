import * as v from 'valibot';

/** Where rollouts are begun (POST an {@link Order}) and, with {@link progressOf}, followed. */
export const ROLLOUTS = '/v1/rollouts';

/** Where the {@link Line}s of a rollout come from, those after a revision of its journal. */
export function progressOf(rollout: string, after: number): string {
  return `${ROLLOUTS}/${rollout}/progress?after=${after}`;
}

/** Bytes that an order may have; one is a few hundred. */
export const ORDER_BYTES = 64 * 1024;

/** Real milliseconds of silence after which a stream sends an empty line, so that the other end knows it is there. */
export const HEARTBEAT = 15_000;

function line(max: number, what: string) {
  return v.pipe(
    v.string(what),
    v.check((text) => text.length > 0 && text.length <= max && !/\p{Cc}/u.test(text), what),
  );
}

const order = v.pipe(
  v.strictObject({
    key: line(200, 'The key of a release should be one line of 1 to 200 characters.'),
    as: line(100, 'The name of whoever releases should be one line of 1 to 100 characters.'),
    folder: v.optional(line(4096, 'The folder should be a path.')),
    from: v.optional(line(4096, 'What is released should be a branch, a tag, a commit, a zip or an image.')),
    service: v.optional(line(63, 'The service should be a name such as "default".')),
    version: v.optional(line(63, 'The version should be an id such as "v2".')),
    existing: v.optional(v.boolean(), false),
    runItems: v.optional(v.boolean(), false),
  }),
  v.check(
    ({ existing, version }) => !existing || version !== undefined,
    '--existing releases a version that is already there: name it with --version=ID.',
  ),
  v.check(
    ({ existing, folder, from }) => [existing || undefined, folder, from].filter(Boolean).length <= 1,
    'A folder, --from and --existing each say what is released: leave all but one of them out.',
  ),
);

/** What a pipeline wants released. */
export interface Order {
  /** The same key with the same service is the same release, however often it is sent. */
  readonly key: string;
  /** Who releases, as it stands on the record after "pipeline". */
  readonly as: string;
  /** A folder that the bot's machine sees. Without it and `from`, what the plan names is released. */
  readonly folder?: string;
  /** A branch, tag or commit, a zip in a bucket, or an image, as it is written after /deploy. */
  readonly from?: string;
  /** Absent: the one that the folder's app.yaml names, or the only one there is. */
  readonly service?: string;
  /** Absent: one after the plan's template. */
  readonly version?: string;
  /** The version is on App Engine already, and nothing is uploaded. */
  readonly existing: boolean;
  /** Starts the commands of the checklist's items. */
  readonly runItems: boolean;
}

/** @throws Error with a sentence for the first fault. */
export function parseOrder(json: unknown): Order {
  const result = v.safeParse(order, json);
  if (result.success) {
    const { folder, from, service, version, ...rest } = result.output;
    return {
      ...rest,
      ...(folder && { folder }),
      ...(from && { from }),
      ...(service && { service }),
      ...(version && { version }),
    };
  }
  const [issue] = result.issues;
  const known = issue.type === 'check' || issue.type === 'string';
  throw new Error(known ? issue.message : `That is no order for a release: ${issue.message}.`);
}

const begun = v.object({
  rollout: v.string(),
  service: v.string(),
  version: v.string(),
  /** It had been begun before, with the same key. */
  attached: v.boolean(),
});

/** A release that has begun. */
export type Begun = v.InferOutput<typeof begun>;

const outcomes = ['done', 'rolled-back', 'cancelled'] as const;

const said = { at: v.number(), text: v.string() };
const progress = v.variant('type', [
  v.object({
    type: v.literal('event'),
    ...said,
    revision: v.number(),
    event: v.string(),
    stage: v.string(),
  }),
  v.object({ type: v.literal('passing'), ...said }),
  v.object({ type: v.literal('end'), ...said, revision: v.number(), outcome: v.picklist(outcomes) }),
]);

/**
 * A line of progress; `at` in milliseconds since the epoch, by the bot's clock. An `event` is in the journal under its
 * revision and is told again to whoever asks from before it; what is `passing` is told once to whoever is there.
 */
export type Line = v.InferOutput<typeof progress>;

const refused = v.object({ refused: v.string() });

/** What the bot answers to an order. @throws Error when it is not an answer of Sluice's. */
export function parseAnswer(text: string): Begun | { readonly refused: string } {
  const result = v.safeParse(v.union([begun, refused]), jsonOf(text));
  if (result.success) return result.output;
  throw new Error(strange(text));
}

/** @throws Error when it is not a line of Sluice's. */
export function parseLine(text: string): Line {
  const result = v.safeParse(progress, jsonOf(text));
  if (result.success) return result.output;
  throw new Error(strange(text));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function strange(text: string): string {
  return `Expected an answer of Sluice's, but came: ${text.slice(0, 200) || 'nothing'}. Does SLUICE_CONTROL_URL name the bot, and is it as new as this command?`;
}
