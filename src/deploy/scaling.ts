import * as v from 'valibot';

/** How a version gets its instances. */
export type Scaling =
  | { readonly kind: 'automatic' | 'basic' }
  | { readonly kind: 'manual'; readonly instances: number };

const scaled = v.object({
  manualScaling: v.nullish(v.object({ instances: v.nullish(v.number()) })),
  basicScaling: v.nullish(v.object({})),
});

/** @param version App Engine's resource, raw or of the generated client. */
export function scalingOf(version: object): Scaling {
  const { manualScaling, basicScaling } = v.parse(scaled, version);
  if (manualScaling) return { kind: 'manual', instances: manualScaling.instances ?? 0 };
  return { kind: basicScaling ? 'basic' : 'automatic' };
}
