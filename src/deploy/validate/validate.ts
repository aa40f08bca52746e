import type { BuiltInCheck, Check } from '../../plan/terms.ts';

export interface ValidateRequest {
  readonly service: string;
  /** The id that the new version is to have. */
  readonly version: string;
  /** Holds app.yaml and the source; absent when the version is at App Engine already. */
  readonly folder?: string;
  /** Path of cron.yaml, seen from the folder; absent: cron.yaml there, if there is one. */
  readonly cronFile?: string;
  /** Where the app must be, such as us-central1; absent: anywhere. */
  readonly region?: string;
  readonly checks: readonly BuiltInCheck[];
}

export async function validate(_request: ValidateRequest): Promise<Check[]> {
  throw new Error('Validation is not written yet.');
}
