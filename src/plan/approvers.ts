import type { Plan } from './schema.ts';

/** Sentences on what nobody could do with these people. None of them is a fault: more people may be on their way. */
export function findGaps({ people, approval }: Pick<Plan, 'people' | 'approval'>): string[] {
  const operators = people.filter((person) => person.roles.includes('operator'));
  const approvers = people.filter((person) => person.roles.includes('approver'));
  const gaps: string[] = [];
  if (operators.length === 0) gaps.push('nobody is operator, so nobody may start a release.');
  if (approvers.length === 0) gaps.push('nobody is approver, so nobody may let a release out.');
  if (gaps.length > 0) return gaps;

  const stuck = operators.filter((starter) => {
    const others = approval.twoPerson ? approvers.filter((person) => person.id !== starter.id) : approvers;
    return others.length < approval.needed;
  });
  if (stuck.length === 0) return [];
  const whose = stuck.length === operators.length ? 'no release' : `no release of ${names(stuck)}`;
  const whom = approval.twoPerson ? ' who did not start it' : '';
  const count = approval.needed === 1 ? '1 approver' : `${approval.needed} approvers`;
  return [
    `${whose} could be let out: a step takes ${count}${whom}, and approver is only ${names(approvers)}.`,
  ];
}

function names(people: readonly { readonly name: string }[]): string {
  return people.map((person) => person.name).join(' and ');
}
