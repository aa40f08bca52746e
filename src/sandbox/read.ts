import * as v from 'valibot';
import { Refusal } from './door.ts';

/** A body as the schema has it. @throws Refusal naming what is wrong, and where. */
export function read<T extends v.GenericSchema>(schema: T, body: unknown): v.InferOutput<T> {
  const parsed = v.safeParse(schema, body);
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
  throw new Refusal(`The request is not as expected. ${faults.join('; ')}.`);
}
