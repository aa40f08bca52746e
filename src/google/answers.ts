import { channel } from 'node:diagnostics_channel';

/** One request to Google, once its outcome is known. */
export interface GoogleAnswer {
  /** As its endpoint is named: "App Engine", "Cloud Monitoring". */
  readonly api: string;
  readonly outcome: Outcome;
}

/** An HTTP status, or how it came to none: no answer in time, no connection, no credentials to ask with. */
export type Outcome = number | 'timeout' | 'lost' | 'credentials';

const answers = channel('sluice.google.answers');

/** Costs nothing while nobody listens. */
export function tellAnswer(answer: GoogleAnswer): void {
  answers.publish(answer);
}

/**
 * Hears of every request that this process sends to Google. A channel of Node's, for the clients are made in many places
 * and none of them should have to know who counts.
 * @returns what ends it.
 */
export function hearAnswers(heard: (answer: GoogleAnswer) => void): () => void {
  const listener = (message: unknown) => heard(message as GoogleAnswer);
  answers.subscribe(listener);
  return () => void answers.unsubscribe(listener);
}
