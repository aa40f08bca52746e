/** Does what a proposal says, exactly. */
export interface CleanPress {
  readonly kind: 'clean';
  readonly cleaning: string;
}

export function buildCleanData({ cleaning }: CleanPress): string {
  return `vc/${cleaning}`;
}

export function parseCleanData(data: string): CleanPress | undefined {
  const [, cleaning] = /^vc\/([a-z0-9]{8})$/.exec(data) ?? [];
  return cleaning === undefined ? undefined : { kind: 'clean', cleaning };
}
