import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Actions } from './actions.ts';
import { type Piece, plainText, toPieces } from './entities.ts';
import { addressOf } from './links.ts';
import type { Entity } from './wire.ts';

interface RichTextProps {
  readonly text: string;
  readonly entities: readonly Entity[] | undefined;
  readonly actions: Actions;
}

/** A message's text with its formats. */
export function RichText({ text, entities, actions }: RichTextProps) {
  return <>{drawAll(toPieces(text, entities), actions)}</>;
}

function drawAll(pieces: readonly Piece[], actions: Actions): ComponentChildren[] {
  return pieces.map((piece, i) => {
    const before = pieces[i - 1];
    // A block ends its own line: the line break that follows it would show as an empty one.
    const rest = typeof piece === 'string' && isBlock(before) ? piece.replace(/^\n/, '') : piece;
    return draw(rest, i, actions);
  });
}

function isBlock(piece: Piece | undefined): boolean {
  return typeof piece === 'object' && /^pre$|blockquote$/.test(piece.entity.type);
}

function draw(piece: Piece, key: number, actions: Actions): ComponentChildren {
  if (typeof piece === 'string') return piece;
  const { entity } = piece;
  const children = drawAll(piece.pieces, actions);
  switch (entity.type) {
    case 'bold':
      return <b key={key}>{children}</b>;
    case 'italic':
      return <i key={key}>{children}</i>;
    case 'underline':
      return <u key={key}>{children}</u>;
    case 'strikethrough':
      return <s key={key}>{children}</s>;
    case 'code':
      return <code key={key}>{children}</code>;
    case 'pre':
      return (
        <pre key={key} data-language={entity.language}>
          <code>{children}</code>
        </pre>
      );
    case 'blockquote':
      return <blockquote key={key}>{children}</blockquote>;
    case 'expandable_blockquote':
      return <FoldedQuote key={key}>{children}</FoldedQuote>;
    case 'spoiler':
      return <Spoiler key={key}>{children}</Spoiler>;
    case 'bot_command':
      return (
        <button key={key} type="button" class="command" onClick={() => actions.send(plainText(piece))}>
          {children}
        </button>
      );
    case 'mention':
    case 'text_mention':
    case 'hashtag':
    case 'cashtag':
      return (
        <span key={key} class="mention">
          {children}
        </span>
      );
    case 'text_link':
    case 'url':
    case 'email':
    case 'phone_number':
      return (
        <Link key={key} href={addressOf(entity, plainText(piece))}>
          {children}
        </Link>
      );
    default:
      return <span key={key}>{children}</span>;
  }
}

export function Link({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  if (href === undefined) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

export function Spoiler({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  if (open) return <span class="spoiler spoiler-open">{children}</span>;
  return (
    <button
      type="button"
      class="spoiler"
      aria-label="Hidden text, press to show"
      onClick={() => setOpen(true)}
    >
      <span aria-hidden="true">{children}</span>
    </button>
  );
}

/** Three lines of a long quote, the rest on demand. */
function FoldedQuote({ children }: { children: ComponentChildren }) {
  const quote = useRef<HTMLQuoteElement>(null);
  const [open, setOpen] = useState(false);
  const [tall, setTall] = useState(false);
  useLayoutEffect(() => {
    const box = quote.current;
    if (box !== null && !open) setTall(box.scrollHeight > box.clientHeight + 2);
  }, [children, open]);
  return (
    <div class="folding">
      <blockquote ref={quote} class={open ? undefined : 'folded'}>
        {children}
      </blockquote>
      {(tall || open) && (
        <button type="button" class="fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Show less' : 'Show more'}
        </button>
      )}
    </div>
  );
}
