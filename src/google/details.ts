import * as v from 'valibot';

const texts = v.optional(v.string(), '');
const violation = v.object({ field: texts, subject: texts, description: texts });

/** What the details of google.rpc may hold, whatever their type. */
const detail = v.object({
  /** BadRequest. */
  fieldViolations: v.optional(v.array(violation), []),
  /** PreconditionFailure, QuotaFailure. */
  violations: v.optional(v.array(violation), []),
  /** Help. */
  links: v.optional(v.array(v.object({ url: texts })), []),
  /** ResourceInfo. */
  description: texts,
  /** LocalizedMessage, and ResourceInfo has none. */
  message: texts,
});

/** What the details of an error say beyond its message, for people. What is not understood is left out. */
export function detailTexts(message: string, details: readonly unknown[]): string[] {
  const found = details.flatMap((one) => {
    const parsed = v.safeParse(detail, one);
    if (!parsed.success) return [];
    const { fieldViolations, violations, links, description, message: localized } = parsed.output;
    return [
      ...[...fieldViolations, ...violations].map(sayViolation),
      description,
      localized,
      ...links.map(({ url }) => url),
    ];
  });
  return Array.from(new Set(found)).filter((text) => text !== '' && !message.includes(text));
}

function sayViolation({ field, subject, description }: v.InferOutput<typeof violation>): string {
  return [field || subject, description].filter(Boolean).join(': ');
}
