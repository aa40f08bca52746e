import type { BotIdentity } from './options.ts';

/** Good on this machine alone; the local Telegram knows no other unless it is told. */
export const TOKEN = '7000000001:local-sandbox-token-of-no-value';
export const CHAT_ID = -1_001_000_000_001;

const TOKEN_FORM = /^(\d{1,16}):[\w-]+$/;
/** core.telegram.org/bots/features#botfather: a bot's name has 5 to 32 characters and ends in "bot". */
const USERNAME_FORM = /^(?=.{5,32}$)[a-z]\w*bot$/i;

/**
 * The bot that a token stands for: its id is the number before the colon, as with Telegram.
 * @param admin hears all that is said in the group; else there is privacy mode.
 * @throws Error for a token or a name that Telegram could not have given.
 */
export function botOf(token: string, username: string, firstName: string, admin: boolean): BotIdentity {
  const id = TOKEN_FORM.exec(token)?.[1];
  if (id === undefined) {
    // What was meant may be a real one: it is not repeated.
    throw new Error('Expected a token such as 123456:local-token: digits, a colon, and letters or digits.');
  }
  if (!USERNAME_FORM.test(username)) {
    throw new Error(
      `Expected a bot's username of 5 to 32 letters, digits and underscores that ends in "bot", got "${username}".`,
    );
  }
  return { id: Number(id), firstName, username, admin };
}
