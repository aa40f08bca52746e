import type { Clock } from '../../plan/clock.ts';
import type { Member } from '../../plan/schema.ts';
import type { Who } from '../../rollout/draft.ts';
import type { Store } from '../../rollout/ports.ts';
import { type ClaimCode, drawClaimCode } from './claim-code.ts';
import {
  foldTeam,
  rolesOf,
  sayRoles,
  type TeamChange,
  type TeamEvent,
  type TeamMember,
  type TeamRecord,
  type TeamRole,
} from './history.ts';

const DOCUMENT = 'team';
/** So many refusals of one person are kept on the record; the log has them all. */
const REFUSALS_EACH = 50;

/** Who is in the team and where it meets. To be read at every use: both change while the bot runs. */
export interface Team {
  members(): readonly TeamMember[];
  /** The number of the team's group; undefined while nobody has named or claimed one. */
  chat(): number | undefined;
  /** Telegram has given the group another number. */
  moved(from: number, to: number, sent: Sent): Promise<void>;
  /** How the team is changed in the chat; absent where the plan lists it. */
  readonly book?: TeamBook;
}

export interface TeamBook {
  /** What `/claim` takes; absent when the team has been claimed before. */
  readonly claimCode?: string;
  claimed(): boolean;
  /** Makes `chat` the team's group, and the sender its admin, for the right code. */
  claim(code: string, chat: number, sent: Sent): Promise<Said>;
  /** Gives a person these roles and no others. */
  assign(person: Who, roles: readonly TeamRole[], sent: Sent): Promise<Said>;
}

/** Who sent what. */
export interface Sent {
  readonly by: Who;
  /** Telegram's number of the update. */
  readonly update: number;
}

export interface Said {
  readonly say: string;
  readonly refused: boolean;
}

export interface TeamOptions {
  readonly store: Store;
  /** People that the plan lists; none: the chat keeps the team. */
  readonly planned: readonly Member[];
  /** The group that the configuration names. It wins over a claimed one. */
  readonly chat: number | undefined;
  /** The number under which a group is found today. */
  readonly follow: (chat: number) => number;
  /** Stamps the record. */
  readonly clock: Clock;
  /** Measures the claim code's hour, which is one of people's. */
  readonly peoplesClock: Clock;
  /** Called after people or roles have changed. */
  readonly changed: () => void;
}

/** Reads what is known of the team. @throws Error when the document `team` cannot be read. */
export async function openTeam(options: TeamOptions): Promise<Team> {
  const { store, planned, clock } = options;
  let history = (await readTeamRecord(store)).history;
  let state = foldTeam(history);
  let turn: Promise<unknown> = Promise.resolve();

  const chat = () => {
    const named = options.chat ?? state.chat;
    return named === undefined ? undefined : options.follow(named);
  };
  const team = {
    chat,
    members: () => (planned.length > 0 ? planned : state.members),
    moved: (from: number, to: number, sent: Sent) =>
      inTurn(async () => {
        if (from === state.chat) await record({ type: 'moved', chat: to }, sent);
      }),
  };
  if (planned.length > 0) return team;

  const code = isClaimed() ? undefined : drawClaimCode(options.peoplesClock);
  const book: TeamBook = {
    ...(code && { claimCode: code.text }),
    claimed: isClaimed,
    claim: (given, where, sent) => inTurn(() => claim(given, where, sent, code)),
    assign: (person, roles, sent) => inTurn(() => assign(person, roles, sent)),
  };
  return { ...team, book };

  function isClaimed(): boolean {
    return state.members.some((member) => member.admin);
  }

  async function claim(
    given: string,
    where: number,
    sent: Sent,
    right: ClaimCode | undefined,
  ): Promise<Said> {
    if (history.some((event) => event.type === 'claimed' && event.update === sent.update))
      return welcome(sent);
    if (isClaimed()) return refuse('The team has been claimed already. Its admins add people: /team.');
    if (options.chat !== undefined && where !== chat()) {
      return refuse('TELEGRAM_CHAT_ID names another group: send /claim there.');
    }
    switch (right?.check(given, sent.by.id)) {
      case 'right':
        await record({ type: 'claimed', chat: where }, sent);
        return welcome(sent);
      case 'wrong':
        return refuse('That is not the code. It stands on the terminal that I was started in.');
      case 'too many':
        return refuse('Too many wrong codes from you: somebody else must claim, or start me again.');
      default:
        return refuse('The code has expired. Start me again: I print a new one.');
    }
  }

  async function assign(person: Who, roles: readonly TeamRole[], sent: Sent): Promise<Said> {
    const before = state.members.find(({ id }) => id === person.id);
    const done = { say: `${person.name} ${are(roles)} now.`, refused: false };
    if (history.some((event) => event.type === 'assigned' && event.update === sent.update)) return done;
    const admins = state.members.filter((member) => member.admin);
    if (!admins.some(({ id }) => id === sent.by.id)) {
      return refuseOnRecord(
        `/team ${roles.join(' ') || 'none'} for ${person.name} (${person.id})`,
        `Only an admin changes the team: ${admins.map(({ name }) => name).join(', ')}.`,
        sent,
      );
    }
    const had = rolesOf(before);
    if (had.length === roles.length && had.every((role) => roles.includes(role))) {
      return refuse(`${person.name} ${are(roles)} already.`);
    }
    if (before?.admin && admins.length === 1 && !roles.includes('admin')) {
      return refuseOnRecord(
        `/team ${roles.join(' ') || 'none'} for ${person.name} (${person.id})`,
        `${person.name} is the last admin, and somebody must manage the team. Make somebody else an admin first.`,
        sent,
      );
    }
    await record({ type: 'assigned', person, roles }, sent);
    return done;
  }

  async function refuseOnRecord(attempt: string, why: string, sent: Sent): Promise<Said> {
    const before = history.filter((event) => event.type === 'refused' && event.by.id === sent.by.id);
    if (before.length < REFUSALS_EACH) await record({ type: 'refused', attempt, why }, sent);
    return refuse(why);
  }

  async function record(change: TeamChange, { by, update }: Sent): Promise<void> {
    const event: TeamEvent = { ...change, by: { id: by.id, name: by.name }, at: clock.now(), update };
    const next: TeamRecord = { schema: 1, history: [...history, event] };
    await store.writeDocument(DOCUMENT, next);
    history = next.history;
    state = foldTeam(history);
    if (change.type !== 'refused') options.changed();
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = turn.then(work);
    turn = next.catch(() => {});
    return next;
  }
}

/** The team's record as it stands on disk. */
export async function readTeamRecord(store: Pick<Store, 'readDocument'>): Promise<TeamRecord> {
  return (await store.readDocument<TeamRecord>(DOCUMENT)) ?? { schema: 1, history: [] };
}

function are(roles: readonly TeamRole[]): string {
  return `${roles.length > 0 ? 'is' : 'has'} ${sayRoles(roles)}`;
}

function refuse(say: string): Said {
  return { say, refused: true };
}

function welcome({ by }: Sent): Said {
  return {
    say: `This is the team’s chat now, and ${by.name} its admin. Reply to a message of somebody’s with /team operator or /team approver, and to one of your own for yourself. A release needs one of each.`,
    refused: false,
  };
}
