import type { Entity } from './wire.ts';

/** Where a link leads; nothing for schemes that could run in this page. */
export function addressOf(entity: Entity, text: string): string | undefined {
  switch (entity.type) {
    case 'email':
      return `mailto:${text}`;
    case 'phone_number':
      return `tel:${text}`;
    default: {
      const address = entity.url ?? text;
      const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `http://${address}`;
      return /^(https?|tg|mailto|tel):/i.test(full) ? full : undefined;
    }
  }
}
