import type { BlockedRange, StampNote } from '../../app/stamp';
import { oneLine } from '../streams';
import { agentText, linesText } from './origin';
import { counted } from './style';

/** How many ranges a refusal names. */
const NAMED = 10;

/** One line of a hook for the person who commits. */
export function stampNoteText(note: StampNote): string {
  switch (note.kind) {
    case 'policy':
      return `hunkmark: ${oneLine(note.problem)}; the commit goes on without the policy.\n`;
    case 'acknowledge': {
      const where = note.systems.map(({ name, tier }) => `${oneLine(name)} (tier ${tier})`).join(', ');
      const wait =
        note.waiting === 1 ? 'waits for a person to look at it' : 'wait for a person to look at them';
      return `hunkmark: ${counted(note.waiting, 'AI range')} in ${where} ${wait}; then: hunkmark ack HEAD\n`;
    }
    case 'change-ref': {
      const { name, tier, rules } = note.system;
      const ref = oneLine(rules.changeRef ?? '');
      return `hunkmark: ${oneLine(name)} (tier ${tier}) asks for a Change-Ref that matches ${ref}: git commit --amend --trailer 'Change-Ref: …'\n`;
    }
  }
}

/**
 * Why the policy refuses the commit, and how to go on: for a person the line to paste; an agent is told that it needs
 * a person, and nothing else.
 */
export function refusalText(blocked: readonly BlockedRange[], agent: string | null): string {
  const systems = new Map(
    blocked
      .flatMap(({ placement }) => placement.systems)
      .filter(({ rules }) => rules.commit === 'block')
      .map((system) => [`${system.tier} ${system.name}`, system] as const),
  );
  const where = [...systems.values()].map(({ name, tier, owners }) => {
    const owned = owners.length === 0 ? '' : `, owned by ${owners.map(oneLine).join(', ')}`;
    return `  system ${oneLine(name)}, tier ${tier}${owned}`;
  });
  const ranges = blocked.slice(0, NAMED).map(({ range }) => {
    const place = `${range.side}${linesText(range.start, range.count)}`;
    return `  ${oneLine(range.path)} ${place} ${range.class} ${agentText(range)}`.trimEnd();
  });
  const more = blocked.length - ranges.length;
  return [
    'hunkmark: the commit is refused. The rule "commit: block" lets no AI lines in here:',
    ...where,
    ...ranges,
    ...(more > 0 ? [`  and ${counted(more, 'range')} more`] : []),
    ...(agent === null ? FOR_A_PERSON : FOR_AN_AGENT),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

const FOR_A_PERSON = [
  'If it has to go in, say why; the check will show it:',
  "  git commit … --trailer 'AI-Override: INC-1234 restore checkout'",
];

const FOR_AN_AGENT = ['A person has to look at these lines and commit them.'];
