import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { Call, Calls } from '../calls.ts';
import { ApiError, badRequest, errorBody } from '../errors.ts';
import { type Files, filePath } from '../files.ts';
import type { Methods } from '../methods/table.ts';
import { type Params, paramsOf, readParams } from '../params.ts';

/**
 * Parameters that would change what a call does and that the sandbox does not model. They are refused: passed over, a
 * message meant for one person would be shown to all.
 */
const UNMODELLED = [
  'business_connection_id',
  'inline_message_id',
  'direct_messages_topic_id',
  'suggested_post_parameters',
  'show_caption_above_media',
  'has_spoiler',
  'message_effect_id',
];

/** The Bot API itself: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export class BotApi {
  readonly app = new Hono();
  readonly #methods: Methods;
  readonly #calls: Calls;
  readonly #log: (line: string) => void;

  constructor(token: string, methods: Methods, files: Files, calls: Calls, log: (line: string) => void) {
    // The real server reads a method's name in any case.
    this.#methods = Object.fromEntries(
      Object.entries(methods).map(([name, run]) => [name.toLowerCase(), run]),
    );
    this.#calls = calls;
    this.#log = log;
    this.app.on(['GET', 'POST'], '/:bot{bot[^/]+}/:method', (c) => {
      if (!isToken(c.req.param('bot'), token)) return refused(new ApiError(401, 'Unauthorized'));
      return this.#serve(c, c.req.param('method'));
    });
    this.app.get('/file/:bot{bot[^/]+}/:folder/:name', (c) => {
      if (!isToken(c.req.param('bot'), token)) return refused(new ApiError(401, 'Unauthorized'));
      const { folder, name } = c.req.param();
      const file = files.byUniqueId(name.replace(/\.[^.]*$/, ''));
      if (file === undefined || filePath(file) !== `${folder}/${name}`) {
        return refused(new ApiError(404, 'Not Found'));
      }
      return c.body(files.read(file), 200, { 'content-type': 'application/octet-stream' });
    });
  }

  /** Runs the call that a bot put into its answer to a webhook; its outcome reaches nobody but the record. */
  async runFromWebhook(call: object): Promise<void> {
    const params = paramsOf(call);
    const name = params.text('method');
    const record = this.#calls.begin(name, params);
    const response = await this.#answer(record, name, params, new AbortController().signal);
    if (!response.ok)
      this.#log(`The bot's answer to its webhook, ${name}, was refused: ${record.description}`);
  }

  async #serve(c: Context, name: string): Promise<Response> {
    let params: Params;
    try {
      params = await readParams(c.req.raw);
    } catch (error) {
      if (error instanceof ApiError) return refused(error);
      throw error;
    }
    const record = this.#calls.begin(name, params);
    return this.#answer(record, name, params, c.req.raw.signal);
  }

  async #answer(record: Call, name: string, params: Params, signal: AbortSignal): Promise<Response> {
    const method = this.#methods[name.toLowerCase()];
    if (method === undefined) {
      this.#log(`The bot called ${name}, which the local Telegram does not model: 404.`);
      return this.#refuse(record, new ApiError(404, 'Not Found: method not found'));
    }
    const unmodelled = UNMODELLED.find((parameter) => params.text(parameter) !== '');
    if (unmodelled !== undefined) {
      return this.#refuse(record, badRequest(`this sandbox does not model the parameter "${unmodelled}"`));
    }
    try {
      const result = await method(params, signal);
      record.status = 200;
      return Response.json({ ok: true, result });
    } catch (error) {
      if (error instanceof ApiError) return this.#refuse(record, error);
      this.#log(
        `${name} failed in the local Telegram: ${error instanceof Error ? error.stack : String(error)}`,
      );
      return this.#refuse(record, new ApiError(500, 'Internal Server Error'));
    }
  }

  #refuse(record: Call, error: ApiError): Response {
    record.status = error.code;
    record.description = error.message;
    if (/\bsandbox\b/.test(error.message)) this.#log(`${record.method}: ${error.message}`);
    return refused(error);
  }
}

function refused(error: ApiError): Response {
  const headers = error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
  return Response.json(errorBody(error), { status: error.code, headers });
}

function isToken(segment: string, token: string): boolean {
  const given = Buffer.from(segment.slice('bot'.length));
  const right = Buffer.from(token);
  return given.length === right.length && timingSafeEqual(given, right);
}
