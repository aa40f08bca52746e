import type { Params } from '../params.ts';

/**
 * One method of the Bot API: takes the parameters, returns what stands under `result`, throws an ApiError.
 * @param signal aborts when the caller hangs up.
 */
export type Method = (params: Params, signal: AbortSignal) => unknown;

export type Methods = Readonly<Record<string, Method>>;
