import { createReadStream } from 'node:fs';
import type { Audit } from '../audit/audit.ts';
import { sayWholeHead } from '../audit/head.ts';
import type { Line } from '../audit/line.ts';
import { verifyAudit } from '../audit/verify.ts';
import type { Auditor } from '../bot/audit/auditor.ts';

/** Bytes of a file that is handed out; bots may send 50 MB (core.telegram.org/bots/api#senddocument). */
const LARGEST = 45_000_000;
/** Of so many lines the place of one is remembered, for a piece to begin at. */
const STRIDE = 500;

/** A line, and the bytes of the file that are before it and up to its end. */
interface Place {
  readonly line: Line;
  readonly start: number;
  readonly end: number;
}

/** Hands out the audit that a bot writes. */
export function auditorOf(audit: Audit): Auditor {
  return {
    async handOut(rollout) {
      let before = 0;
      let first: Place | undefined;
      let last: Place | undefined;
      const starts: Place[] = [];
      const report = await verifyAudit(audit.path, { signer: audit.signer }, (line, end) => {
        const place = { line, start: before, end };
        before = end;
        if (line.seq % STRIDE === 1) starts.push(place);
        if (rollout !== undefined && line.rollout !== rollout) return;
        first ??= place;
        last = place;
      });
      if (!first || !last) {
        const why = report.problem ?? 'It is empty.';
        return {
          problem:
            rollout === undefined || report.problem !== undefined
              ? `The audit cannot be handed out: ${why}`
              : `The audit has nothing of a rollout ${rollout}. /history lists them; /audit alone gives all.`,
        };
      }
      const { line, end } = last;
      const begin = end - first.start <= LARGEST ? first : (starts.find(fits(end)) ?? last);
      return {
        name: `audit-${begin.line.seq}-${line.seq}.jsonl`,
        content: () => createReadStream(audit.path, { start: begin.start, end: end - 1 }),
        first: begin.line.seq,
        last: line.seq,
        from: begin.line.at,
        to: line.at,
        whole: report.lines,
        head: sayWholeHead(line, audit.signer),
        publicKey: audit.signer.publicKey,
        ...(report.problem !== undefined && { problem: report.problem }),
      };
    },
  };
}

function fits(end: number): (place: Place) => boolean {
  return ({ start }) => end - start <= LARGEST;
}
