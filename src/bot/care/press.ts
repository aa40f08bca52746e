/** Buttons of after-care. Like all presses they locate; they never authorise. */
export type CarePress =
  | {
      readonly kind: 'task';
      readonly rollout: string;
      readonly round: number;
      /** Milliseconds since the epoch: which look of the round. */
      readonly due: number;
      readonly task: number;
      /** `note` asks for the words first, then it is done. */
      readonly answer: 'done' | 'later' | 'note';
    }
  | {
      readonly kind: 'criterion';
      readonly rollout: string;
      readonly criterion: number;
      readonly answer: 'met' | 'missed' | 'note';
    }
  | {
      readonly kind: 'follow-up';
      readonly rollout: string;
      readonly step: number;
      readonly act: 'take' | 'done' | 'note' | 'calendar';
    };

const TASK = { d: 'done', l: 'later', n: 'note' } as const;
const CRITERION = { y: 'met', n: 'missed', t: 'note' } as const;
const FOLLOW_UP = { t: 'take', d: 'done', n: 'note', c: 'calendar' } as const;

/** Due times are written in base 36, so that 64 bytes are enough for any plan. */
export function buildCareData(press: CarePress): string {
  switch (press.kind) {
    case 'task': {
      const { rollout, round, due, task, answer } = press;
      return `d/${rollout}/${round}/${due.toString(36)}/${task}/${letter(TASK, answer)}`;
    }
    case 'criterion':
      return `k/${press.rollout}/${press.criterion}/${letter(CRITERION, press.answer)}`;
    case 'follow-up':
      return `f/${press.rollout}/${press.step}/${letter(FOLLOW_UP, press.act)}`;
  }
}

function letter(words: Readonly<Record<string, string>>, word: string): string {
  return Object.keys(words).find((key) => words[key] === word) ?? '';
}

/** The press that callback data stands for; undefined when it is none of after-care's. */
export function parseCareData(data: string): CarePress | undefined {
  const task = /^d\/([a-z0-9]+)\/(\d{1,3})\/([0-9a-z]{1,9})\/(\d{1,3})\/([dln])$/.exec(data);
  if (task?.[1] && task[3]) {
    return {
      kind: 'task',
      rollout: task[1],
      round: Number(task[2]),
      due: Number.parseInt(task[3], 36),
      task: Number(task[4]),
      answer: TASK[task[5] as keyof typeof TASK],
    };
  }
  const criterion = /^k\/([a-z0-9]+)\/(\d{1,3})\/([ynt])$/.exec(data);
  if (criterion?.[1]) {
    const answer = CRITERION[criterion[3] as keyof typeof CRITERION];
    return { kind: 'criterion', rollout: criterion[1], criterion: Number(criterion[2]), answer };
  }
  const step = /^f\/([a-z0-9]+)\/(\d{1,3})\/([tdnc])$/.exec(data);
  if (step?.[1]) {
    const act = FOLLOW_UP[step[3] as keyof typeof FOLLOW_UP];
    return { kind: 'follow-up', rollout: step[1], step: Number(step[2]), act };
  }
  return undefined;
}
