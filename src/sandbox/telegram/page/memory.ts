/** What the page remembers: in private windows storage may refuse, and then it simply forgets. */
export function recall(store: Storage, key: string): string | undefined {
  try {
    return store.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(store: Storage, key: string, value: string): void {
  try {
    store.setItem(key, value);
  } catch {
    // Nothing depends on it.
  }
}
