export type LinkCheck =
  | { readonly ok: true; readonly link: string }
  | { readonly ok: false; readonly reason: string };

/**
 * Takes what Telegram takes as a link: http, https or tg; without a scheme http; the host needs a dot, so that
 * `http://localhost` is refused while `http://127.0.0.1` passes (tdlib, LinkManager::check_link_impl).
 */
export function checkedLink(link: string): LinkCheck {
  const trimmed = link.trim();
  if (/^tg:/i.test(trimmed)) return { ok: true, link: trimmed };
  const candidate = /^https?:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`;
  const schemeElse = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(trimmed) && candidate !== trimmed;
  if (schemeElse) return { ok: false, reason: 'Unsupported URL protocol' };
  if (!URL.canParse(candidate)) return { ok: false, reason: 'Wrong HTTP URL' };
  const url = new URL(candidate);
  if (!url.hostname.includes('.') && !url.hostname.startsWith('['))
    return { ok: false, reason: 'Wrong HTTP URL' };
  return { ok: true, link: url.href };
}
