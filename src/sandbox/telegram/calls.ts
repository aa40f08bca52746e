import type { Params } from './params.ts';

/** How many calls are remembered; older ones are forgotten. */
const KEEP = 2000;

export interface Call {
  readonly id: number;
  /** Real milliseconds since the epoch. */
  readonly at: number;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  /** Sizes in bytes, by field. */
  readonly uploads: Readonly<Record<string, number>>;
  /** The HTTP status; missing while the call is under way. A fault at the wire may have given the bot another one. */
  status?: number;
  description?: string;
}

/** A record of what the bot asked of the server, for tests; what a fault kept from it is not in it. */
export class Calls {
  readonly #calls: Call[] = [];
  #nextId = 1;

  begin(method: string, params: Params): Call {
    const uploads = [...params.uploads].map(([name, { bytes }]) => [name, bytes.byteLength] as const);
    const call: Call = {
      id: this.#nextId++,
      at: Date.now(),
      method,
      params: Object.fromEntries(params.values),
      uploads: Object.fromEntries(uploads),
    };
    this.#calls.push(call);
    if (this.#calls.length > KEEP) this.#calls.shift();
    return call;
  }

  after(id: number): readonly Call[] {
    return this.#calls.filter((call) => call.id > id);
  }
}
