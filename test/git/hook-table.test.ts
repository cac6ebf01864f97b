import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commitParts,
  gitBytes,
  readHistory,
  tell,
  toldHistory,
  type Cast,
  type RawCommit,
  type Scene,
  type Story,
  type ToldCommit,
} from '../support/agent-edits';
import { openJudge, type Judge, type Judgement } from '../support/message-judges';
import type { ScratchOptions, ScratchRepo } from '../support/scratch-repo';

/*
 * Every row is told three times: git alone, a person with our hooks installed, an agent that reports its edits. Who
 * wrote a line is in the line: an agent's has a word that begins with `agent`, a person's one with `person`.
 */

interface Row {
  readonly when: string;
  readonly does: Story;
  /** What the trailers say, by commit: `PATH SIDE START,COUNT CLASS`. A list alone is that of HEAD. */
  readonly says: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** The trailers were written elsewhere and travel as they are: the lines are there, perhaps at another place. */
  readonly travels?: true;
  readonly options?: ScratchOptions;
  readonly calling?: 'spawned';
  readonly needs?: readonly [major: number, minor: number];
}

/** A line for each word. */
const lines = (...words: string[]): string => words.map((word) => `use(${word});\n`).join('');
const six = ['personAlpha', 'personBravo', 'personCharlie', 'personDelta', 'personEcho', 'personFoxtrot'];
const put = (at: number, ...words: string[]): string =>
  lines(...six.slice(0, at), ...words, ...six.slice(at));
/** The text with two lines of the agent, numbers 4 and 5. */
const TWO = put(3, 'agentOne', 'agentTwo');
const SAID = ['lib.ts +4,2 ai'];

const edit: Story = async (s) => s.agent('lib.ts', TWO);
const staged: Story = async (s) => {
  await edit(s);
  s.git('add', 'lib.ts');
};
/** A commit of the agent's two lines. */
const committed: Story = async (s) => {
  await staged(s);
  s.git('commit', '-qm', 'agent commit');
};
const after =
  (given: Story, ...words: (string | Record<string, string>)[]): Story =>
  async (s) => {
    await given(s);
    const env = words.find((word) => typeof word === 'object');
    s.git(...words.filter((word) => typeof word === 'string'), env ? { env } : {});
  };
const stops =
  (given: Story, ...words: (string | Record<string, string>)[]): Story =>
  async (s) => {
    await given(s);
    const env = words.find((word) => typeof word === 'object');
    s.fails(...words.filter((word) => typeof word === 'string'), env ? { env } : {});
  };
/** An editor in which a person types above what is there. */
const types = (text: string): Record<string, string> => ({
  GIT_EDITOR: `sh -c 'printf "${text}" | cat - "$1" >"$1.new" && mv "$1.new" "$1"' -`,
});
const TYPES = types('typed subject\\n\\ntyped body\\n');
const SUBJECT = types('typed subject\\n');
const APPENDS = { GIT_EDITOR: `sh -c 'printf "\\nappended\\n" >>"$1"' -` };
const NOTHING = { GIT_EDITOR: 'true' };
const todo = (script: string): Record<string, string> => ({ GIT_SEQUENCE_EDITOR: `sed -i -e '${script}'` });

const COMMITS: readonly Row[] = [
  { when: 'commit', does: after(staged, 'commit', TYPES), says: SAID },
  { when: 'commit -m', does: after(staged, 'commit', '-m', 'x'), says: SAID, calling: 'spawned' },
  {
    when: 'commit -m -m with a trailer',
    does: after(staged, 'commit', '-m', 'x', '-m', 'Refs: PAY-1'),
    says: SAID,
  },
  {
    when: 'commit -F FILE',
    does: async (s) => {
      await staged(s);
      s.person('../message', 'from a file\n\nwith a body\n');
      s.git('commit', '-F', '../message');
    },
    says: SAID,
  },
  {
    when: 'commit -F -, as the editor does',
    does: async (s) => {
      await staged(s);
      s.git(
        '-c',
        'user.useConfigOnly=true',
        'commit',
        '--quiet',
        '--allow-empty-message',
        '--file',
        '-',
        '--no-edit',
        {
          stdin: 'from the box',
        },
      );
    },
    says: SAID,
  },
  {
    when: 'commit --trailer',
    does: after(staged, 'commit', '-m', 'x', '--trailer', 'Refs: A-1'),
    says: SAID,
  },
  { when: 'commit -s', does: after(staged, 'commit', '-sm', 'x'), says: SAID },
  { when: 'commit -s with the editor', does: after(staged, 'commit', '-s', SUBJECT), says: SAID },
  { when: 'commit --fixup', does: after(staged, 'commit', '--fixup', 'HEAD'), says: SAID },
  {
    when: 'commit --fixup=amend:',
    does: after(committed, 'commit', '--allow-empty', '--fixup=amend:HEAD', TYPES),
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  { when: 'commit --squash', does: after(staged, 'commit', '--squash', 'HEAD', '-m', 'more'), says: SAID },
  {
    when: 'commit --squash with the editor',
    does: after(staged, 'commit', '--squash', 'HEAD', APPENDS),
    says: SAID,
  },
  { when: 'commit -c HEAD', does: after(staged, 'commit', '-c', 'HEAD', TYPES), says: SAID },
  { when: 'commit -C HEAD', does: after(staged, 'commit', '-C', 'HEAD'), says: SAID },
  {
    when: "commit -C of an agent's commit, of something else",
    does: async (s) => {
      await committed(s);
      s.person('other.ts', lines('personOther'));
      s.git('add', '.');
      s.git('commit', '-C', 'HEAD');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  { when: 'commit --no-verify', does: after(staged, 'commit', '--no-verify', '-m', 'x'), says: SAID },
  { when: 'commit -n', does: after(staged, 'commit', '-n', '-m', 'x'), says: SAID },
  { when: 'commit -nm', does: after(staged, 'commit', '-nm', 'x'), says: SAID },
  { when: 'commit -anm', does: after(edit, 'commit', '-anm', 'x'), says: SAID },
  { when: 'commit --no-veri', does: after(staged, 'commit', '--no-veri', '-m', 'x'), says: SAID },
  {
    when: 'commit -n -F -',
    does: async (s) => {
      await staged(s);
      s.git('commit', '-n', '-F', '-', { stdin: 'x\n' });
    },
    says: SAID,
  },
  {
    when: 'commit -n with a message in the editor',
    does: after(staged, 'commit', '-n', '-e', '-m', 'x', SUBJECT),
    says: SAID,
  },
  // What is typed below the trailers buries them: they are read where they resolve.
  {
    when: 'commit -n with a message, more typed at the very end',
    does: after(staged, 'commit', '-n', '-e', '-m', 'x', APPENDS),
    says: ['buried'],
  },
  // The message is still empty when the only hook runs: trailers there would keep git from its own abort.
  { when: 'commit -n with nothing but the editor', does: after(staged, 'commit', '-n', TYPES), says: [] },
  { when: 'commit -n with nothing typed', does: stops(staged, 'commit', '-n', NOTHING), says: [] },
  {
    when: 'an alias of commit -n',
    does: after(staged, '-c', 'alias.ci=commit -n', 'ci', '-m', 'x'),
    says: SAID,
  },
  {
    when: 'an alias that is a shell command',
    does: after(staged, '-c', 'alias.ci=!git commit', 'ci', '-m', 'x'),
    says: SAID,
  },
  {
    when: 'commit --verify after -n',
    does: after(staged, 'commit', '-n', '--verify', '-m', 'x'),
    says: SAID,
  },
  { when: 'commit -a', does: after(edit, 'commit', '-am', 'x'), says: SAID },
  { when: 'commit --dry-run', does: after(staged, 'commit', '--dry-run', '-m', 'x'), says: [] },
  {
    when: 'commit with lines of context set in the environment',
    does: after(staged, 'commit', '-m', 'x', { GIT_DIFF_OPTS: '--unified=9' }),
    says: SAID,
  },
  {
    when: 'commit -m -- with words like options',
    does: after(staged, 'commit', '-m', '--amend', '-m', '-n --no-verify'),
    says: SAID,
  },
];

const MESSAGES: readonly Row[] = [
  { when: '-t, edited', does: template('subject:\n', 'commit', '-t', '../template', TYPES), says: SAID },
  {
    when: '-t, untouched',
    does: template('subject:\n', 'fails', 'commit', '-t', '../template', NOTHING),
    says: [],
  },
  {
    when: '-t with --no-edit',
    does: template('subject:\n', 'fails', 'commit', '-t', '../template', '--no-edit'),
    says: [],
  },
  {
    when: '-t of comments only, untouched',
    does: template('# hint\n\n', 'fails', 'commit', '-t', '../template', NOTHING),
    says: [],
  },
  {
    when: '-t and -s, untouched',
    does: template('subject:\n', 'fails', 'commit', '-s', '-t', '../template', NOTHING),
    says: [],
  },
  { when: '--template= in a folder, untouched', does: templateInFolder('fails', NOTHING), says: [] },
  { when: '--template= in a folder, edited', does: templateInFolder('git', TYPES), says: SAID },
  {
    when: '-t that becomes the beginning',
    does: template('subject: it\n', 'commit', '-t', '../template', APPENDS),
    says: SAID,
  },
  {
    when: 'commit.template, edited',
    does: template('subject:\n', '-c', 'commit.template=../template', 'commit', TYPES),
    says: SAID,
  },
  {
    when: 'commit.template, untouched',
    does: template('subject:\n', 'fails', '-c', 'commit.template=../template', 'commit', NOTHING),
    says: [],
  },
  { when: 'commit.template in HOME, untouched', does: templateAtHome('fails', NOTHING), says: [] },
  { when: 'commit.template in HOME, edited', does: templateAtHome('git', TYPES), says: SAID },
  {
    when: 'commit.template that -m repeats',
    does: template('subject\n', '-c', 'commit.template=../template', 'commit', '-m', 'subject'),
    says: SAID,
  },
  {
    when: 'commit.template and --allow-empty-message, untouched',
    does: template(
      'subject\n',
      '-c',
      'commit.template=../template',
      'commit',
      '--allow-empty-message',
      NOTHING,
    ),
    says: [],
  },
  { when: 'an empty message', does: stops(staged, 'commit', '-m', ''), says: [] },
  { when: 'an empty message in the editor', does: stops(staged, 'commit', NOTHING), says: [] },
  { when: 'comments only', does: stops(staged, 'commit', types('# nothing\\n\\n#more\\n')), says: [] },
  { when: '-s with nothing typed', does: stops(staged, 'commit', '-s', NOTHING), says: [] },
  { when: '-v with nothing typed', does: stops(staged, 'commit', '-v', NOTHING), says: [] },
  { when: '-v -s with nothing typed', does: stops(staged, 'commit', '-vs', NOTHING), says: [] },
  {
    when: 'commit.verbose with nothing typed',
    does: stops(staged, '-c', 'commit.verbose', 'commit', NOTHING),
    says: [],
  },
  {
    when: 'commit.verbose=2 with nothing typed',
    does: stops(staged, '-c', 'commit.verbose=2', 'commit', NOTHING),
    says: [],
  },
  { when: '-v', does: after(staged, 'commit', '-v', TYPES), says: SAID },
  { when: '-v -v with a body below', does: after(edit, 'commit', '-av', '--verbose', TYPES), says: SAID },
  { when: 'commit.verbose', does: after(staged, '-c', 'commit.verbose', 'commit', TYPES), says: SAID },
  {
    when: 'commit.verbose and --no-verbose',
    does: after(staged, '-c', 'commit.verbose', 'commit', '--no-verbose', TYPES),
    says: SAID,
  },
  {
    when: '--allow-empty-message',
    does: after(staged, 'commit', '--allow-empty-message', '-m', ''),
    says: [],
  },
  { when: '--allow-empty', does: after(() => {}, 'commit', '--allow-empty', '-m', 'x'), says: [] },
  { when: 'cleanup scissors', does: after(staged, 'commit', '--cleanup=scissors', TYPES), says: SAID },
  {
    when: 'cleanup scissors, nothing typed',
    does: stops(staged, 'commit', '--cleanup=scissors', NOTHING),
    says: [],
  },
  {
    when: 'cleanup scissors, above which comments stay',
    does: after(
      staged,
      '-c',
      'core.commentChar=;',
      'commit',
      '--cleanup=scissors',
      types('typed subject\\n\\n;stays\\n'),
    ),
    says: SAID,
  },
  {
    when: 'cleanup scissors with -m and a cut line',
    does: after(
      staged,
      'commit',
      '--cleanup=scissors',
      '-m',
      'x\n\n# ------------------------ >8 ------------------------\nbelow\n',
    ),
    says: SAID,
  },
  {
    when: '-m with a cut line',
    does: after(
      staged,
      'commit',
      '-m',
      'x\n\n# ------------------------ >8 ------------------------\nbelow\n',
    ),
    says: SAID,
  },
  {
    when: '-v -m with a cut line',
    does: after(
      staged,
      'commit',
      '-v',
      '-m',
      'x\n\n# ------------------------ >8 ------------------------\nbelow\n',
    ),
    says: SAID,
  },
  {
    when: 'cleanup verbatim',
    does: after(staged, 'commit', '--cleanup=verbatim', '-m', '\n\n  x  \n\n\n# kept\n\n\n'),
    says: SAID,
  },
  {
    when: 'cleanup verbatim without a line end',
    does: async (s) => {
      await staged(s);
      s.git('commit', '--cleanup=verbatim', '-F', '-', { stdin: 'x' });
    },
    says: SAID,
  },
  {
    when: 'cleanup verbatim in the editor',
    does: after(staged, 'commit', '--cleanup=verbatim', types('x\\n\\nbody\\n')),
    says: SAID,
  },
  {
    when: 'cleanup whitespace',
    does: after(staged, 'commit', '--cleanup=whitespace', '-m', '\n\n  x  \n\n\n# kept\n\n\n'),
    says: SAID,
  },
  {
    when: 'cleanup whitespace in the editor',
    does: after(staged, 'commit', '--cleanup=whitespace', types('x\\n\\nbody\\n')),
    says: SAID,
  },
  {
    when: 'cleanup strip with -m',
    does: after(staged, 'commit', '--cleanup=strip', '-m', 'x\n\n# gone\nbody\n# gone\n'),
    says: SAID,
  },
  {
    when: 'commit.cleanup strip with -m of comments',
    does: stops(staged, '-c', 'commit.cleanup=strip', 'commit', '-m', '# all gone'),
    says: [],
  },
  {
    when: 'default cleanup with -m of what looks like a comment',
    does: after(staged, 'commit', '-m', '# kept'),
    says: SAID,
  },
  {
    when: 'core.commentChar ;',
    does: after(staged, '-c', 'core.commentChar=;', 'commit', types('x\\n\\n# 1 is kept\\n; gone\\n')),
    says: SAID,
  },
  {
    when: 'core.commentChar ;, nothing typed',
    does: stops(staged, '-c', 'core.commentChar=;', 'commit', NOTHING),
    says: [],
  },
  {
    when: 'core.commentChar auto',
    does: after(staged, '-c', 'core.commentChar=auto', 'commit', TYPES),
    says: SAID,
  },
  {
    when: 'core.commentChar auto, amend of a message with #',
    does: after(
      async (s) => {
        await staged(s);
        s.git('commit', '-m', 'x\n\n# heading\n\n; and this\n');
      },
      '-c',
      'core.commentChar=auto',
      'commit',
      '--amend',
      NOTHING,
    ),
    says: SAID,
  },
  {
    when: 'core.commentChar auto, -v, nothing typed',
    does: stops(staged, '-c', 'core.commentChar=auto', 'commit', '-v', NOTHING),
    says: [],
  },
  {
    when: 'core.commentString //',
    needs: [2, 45],
    does: after(staged, '-c', 'core.commentString=//', 'commit', TYPES),
    says: SAID,
  },
  {
    when: 'core.commentString //, nothing typed',
    needs: [2, 45],
    does: stops(staged, '-c', 'core.commentString=//', 'commit', NOTHING),
    says: [],
  },
  {
    when: 'CRLF in the message',
    does: after(staged, 'commit', '-m', 'x\r\n\r\nbody\r\nmore\r\n'),
    says: SAID,
  },
  {
    when: 'CRLF in the message and a trailer',
    does: after(staged, 'commit', '-m', 'x\r\n\r\nRefs: A-1\r\n'),
    says: SAID,
  },
  {
    when: 'a long subject of one line',
    does: after(staged, 'commit', '-m', `feat: ${'word '.repeat(60)}`),
    says: SAID,
  },
  {
    when: 'a body that ends in a list',
    does: after(staged, 'commit', '-m', 'x\n\n- one: a\n- two: b\n'),
    says: SAID,
  },
  { when: 'a subject that looks like a trailer', does: after(staged, 'commit', '-m', 'Refs: x'), says: SAID },
  {
    when: 'a last paragraph that is nearly trailers',
    does: after(staged, 'commit', '-m', 'x\n\nRefs: A-1\nprose\n'),
    says: SAID,
  },
  {
    when: 'an Assisted-by that a person wrote',
    does: after(staged, 'commit', '-m', 'x\n\nAssisted-by: other-tool:model\n'),
    says: SAID,
  },
  {
    when: 'i18n.commitEncoding',
    does: async (s) => {
      await staged(s);
      writeFileSync(join(s.repo.root, 'latin'), Buffer.from('gr\xfc\xdfe\n\nk\xf6rper\n', 'latin1'));
      s.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-F', '../latin');
    },
    says: SAID,
  },
  {
    when: 'a message that is no UTF-8',
    does: async (s) => {
      await staged(s);
      writeFileSync(join(s.repo.root, 'latin'), Buffer.from('gr\xfc\xdfe\n', 'latin1'));
      s.git('commit', '-F', '../latin');
    },
    says: SAID,
  },
  { when: 'HUNKMARK=off', does: after(staged, 'commit', '-m', 'x', { HUNKMARK: 'off' }), says: [] },
  {
    when: 'hunkmark.stamp off',
    does: after(staged, '-c', 'hunkmark.stamp=off', 'commit', '-m', 'x'),
    says: [],
  },
  {
    when: 'hunkmark.detail summary',
    does: after(staged, '-c', 'hunkmark.detail=summary', 'commit', '-m', 'x'),
    says: ['summary'],
  },
];

function template(text: string, ...words: (string | Record<string, string>)[]): Story {
  const fails = words[0] === 'fails';
  const rest = fails ? words.slice(1) : words;
  const given: Story = async (s) => {
    await staged(s);
    s.person('../template', text);
  };
  return fails ? stops(given, ...rest) : after(given, ...rest);
}

function templateInFolder(how: 'git' | 'fails', env: Record<string, string>): Story {
  return async (s) => {
    await staged(s);
    s.person('deep/template', 'subject:\n');
    s[how]('commit', '--template=template', { env, cwd: join(s.folder, 'deep') });
  };
}

function templateAtHome(how: 'git' | 'fails', env: Record<string, string>): Story {
  return async (s) => {
    await staged(s);
    s.person('../home/template', 'subject:\n');
    s[how]('-c', 'commit.template=~/template', 'commit', { env });
  };
}

const MORE = put(3, 'agentOne', 'agentTwo', 'agentThree');
const AMENDED = ['lib.ts +4,3 ai'];
const addMore: Story = async (s) => {
  await committed(s);
  await s.agent('lib.ts', MORE);
  s.git('add', '.');
};

const AMENDS: readonly Row[] = [
  { when: '--amend', does: after(addMore, 'commit', '--amend', TYPES), says: AMENDED },
  { when: '--amend, untouched', does: after(addMore, 'commit', '--amend', NOTHING), says: AMENDED },
  { when: '--amend --no-edit', does: after(addMore, 'commit', '--amend', '--no-edit'), says: AMENDED },
  { when: '--amend -m', does: after(addMore, 'commit', '--amend', '-m', 'y'), says: AMENDED },
  {
    when: '--amend -F -',
    does: async (s) => {
      await addMore(s);
      s.git('commit', '--amend', '-F', '-', { stdin: 'y\n' });
    },
    says: AMENDED,
  },
  { when: '--am', does: after(addMore, 'commit', '--am', '-m', 'y'), says: AMENDED },
  {
    when: '--ame --no-verify',
    does: after(addMore, 'commit', '--ame', '--no-verify', '--no-edit'),
    says: AMENDED,
  },
  {
    when: '--amend --no-amend',
    does: after(addMore, 'commit', '--amend', '--no-amend', '-m', 'y'),
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': SAID },
  },
  { when: '--amend -n', does: after(addMore, 'commit', '--amend', '-n', '--no-edit'), says: AMENDED },
  {
    when: '--amend -n with the editor',
    does: after(addMore, 'commit', '--amend', '-n', TYPES),
    says: AMENDED,
  },
  {
    when: 'an alias of commit --amend',
    does: after(addMore, '-c', 'alias.again=commit --amend --no-edit', 'again'),
    says: AMENDED,
  },
  {
    when: 'a shell alias of commit --amend',
    does: after(addMore, '-c', 'alias.again=!f() { git commit --amend -m "$1"; }; f', 'again', 'y'),
    says: AMENDED,
  },
  {
    when: '--amend with git options before it',
    does: after(addMore, '--no-pager', '-c', 'a.b=c', 'commit', '--amend', '-m', 'y'),
    says: AMENDED,
  },
  { when: '--amend with nothing new', does: after(committed, 'commit', '--amend', '-m', 'y'), says: SAID },
  {
    when: '--amend --reset-author',
    does: after(committed, 'commit', '--amend', '--reset-author', '--no-edit'),
    says: SAID,
  },
  {
    when: '--amend --author --date',
    does: after(
      committed,
      'commit',
      '--amend',
      '--author',
      'A B <a@b.c>',
      '--date',
      '2001-02-03T04:05:06',
      '--no-edit',
    ),
    says: SAID,
  },
  {
    when: '--amend -a',
    does: after(
      async (s) => {
        await committed(s);
        await s.agent('lib.ts', MORE);
      },
      'commit',
      '--amend',
      '-a',
      '--no-edit',
    ),
    says: AMENDED,
  },
  {
    when: "--amend of a person's commit",
    does: after(
      async (s) => {
        s.person('other.ts', lines('personOther'));
        s.git('add', '.');
        s.git('commit', '-qm', 'x');
        await staged(s);
      },
      'commit',
      '--amend',
      '--no-edit',
    ),
    says: SAID,
  },
  {
    when: "--amend by a person who takes the agent's lines out",
    does: after(
      async (s) => {
        await committed(s);
        s.person('lib.ts', lines(...six, 'personLast'));
        s.git('add', '.');
      },
      'commit',
      '--amend',
      '--no-edit',
    ),
    says: [],
  },
  {
    when: '--amend of the root commit',
    does: async (s) => {
      s.git('checkout', '-q', '--orphan', 'other');
      await staged(s);
      s.git('commit', '-qm', 'x');
      await s.agent('lib.ts', MORE);
      s.git('commit', '-a', '--amend', '--no-edit');
    },
    says: AMENDED,
  },
  {
    when: '--amend of a merge',
    does: async (s) => {
      await conflict(s, 'merge');
      s.git('add', '.');
      s.git('commit', '--no-edit');
      await s.agent('lib.ts', put(3, 'personOurs', 'agentJoined', 'agentAgain', 'agentTheirs'));
      s.git('commit', '-a', '--amend', '--no-edit');
    },
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: '--fixup reword:',
    does: after(committed, 'commit', '--fixup=reword:HEAD', TYPES),
    says: { HEAD: [], 'HEAD~1': SAID },
  },
];

/** `main` and `topic` (here) have each a commit; the agent's, with its two lines, is on topic. */
const diverged: Story = async (s) => {
  s.git('switch', '-qc', 'topic');
  await committed(s);
  s.git('switch', '-q', 'main');
  s.person('main.ts', lines('personMain'));
  s.git('add', '.');
  s.git('commit', '-qm', 'main commit');
};
/** `side` has merged topic, which has the agent's two lines; main (here) has neither. */
const sideMerged: Story = async (s) => {
  await diverged(s);
  s.git('switch', '-qc', 'side', 'main~1');
  s.person('side.ts', lines('personSide'));
  s.git('add', '.');
  s.git('commit', '-qm', 'side commit');
  s.git('merge', '-q', '--no-edit', 'topic');
  s.git('switch', '-q', 'main');
};
/** As `diverged`, and three lines of a person on main above the agent's two. */
const shifted: Story = async (s) => {
  s.git('switch', '-qc', 'topic');
  await committed(s);
  s.git('switch', '-q', 'main');
  s.person('lib.ts', lines('personTopOne', 'personTopTwo', 'personTopThree', ...six));
  s.git('commit', '-qam', 'main commit');
};
/** Both sides change the same place; `how` stops, and the agent resolves it with a line of its own. */
async function conflict(s: Scene, ...how: string[]): Promise<void> {
  s.git('switch', '-qc', 'topic');
  await s.agent('lib.ts', put(3, 'agentTheirs'));
  s.git('commit', '-qam', 'agent commit');
  s.git('switch', '-q', 'main');
  s.person('lib.ts', put(3, 'personOurs'));
  s.git('commit', '-qam', 'main commit');
  if (how[0] === 'rebase') s.git('switch', '-q', 'topic');
  s.fails(...how, how[0] === 'rebase' ? 'main' : 'topic');
  await s.agent('lib.ts', put(3, 'personOurs', 'agentJoined', 'agentTheirs'));
  s.git('add', 'lib.ts');
}
const solved = (how: readonly string[], ...words: (string | Record<string, string>)[]): Story =>
  after((s) => conflict(s, ...how), ...words);

const MERGES: readonly Row[] = [
  { when: 'merge', does: after(diverged, 'merge', '--no-edit', 'topic'), says: { HEAD: [], 'HEAD^2': SAID } },
  {
    when: 'merge with the editor',
    does: after(diverged, 'merge', 'topic', SUBJECT),
    says: { HEAD: [], 'HEAD^2': SAID },
  },
  { when: 'merge -m', does: after(diverged, 'merge', '-m', 'x', 'topic'), says: [] },
  {
    when: 'merge --no-verify',
    does: after(diverged, 'merge', '--no-verify', '--no-edit', 'topic'),
    says: [],
  },
  {
    when: 'merge --no-ff',
    does: async (s) => {
      s.git('switch', '-qc', 'topic');
      await committed(s);
      s.git('switch', '-q', 'main');
      s.git('merge', '--no-ff', '--no-edit', 'topic');
    },
    says: { HEAD: [], 'HEAD^2': SAID },
  },
  {
    when: 'merge --ff',
    does: async (s) => {
      s.git('switch', '-qc', 'topic');
      await committed(s);
      s.git('switch', '-q', 'main');
      s.git('merge', '--ff', 'topic');
    },
    says: SAID,
  },
  {
    when: 'merge --no-commit, more by the agent, commit',
    does: async (s) => {
      await diverged(s);
      s.git('merge', '--no-commit', 'topic');
      await s.agent('lib.ts', MORE);
      s.git('commit', '-am', 'x');
    },
    says: ['lib.ts +6,1 ai'],
  },
  {
    when: 'merge --no-commit, merge --continue -n',
    does: async (s) => {
      await diverged(s);
      s.git('merge', '--no-commit', 'topic');
      await s.agent('new.ts', lines('agentNew'));
      s.git('add', '.');
      s.git('commit', '--no-verify', '--no-edit');
    },
    says: ['new.ts +1,1 ai'],
  },
  {
    when: 'merge of two branches',
    does: async (s) => {
      await diverged(s);
      s.git('switch', '-qc', 'third', 'HEAD~1');
      s.person('third.ts', lines('personThird'));
      s.git('add', '.');
      s.git('commit', '-qm', 'third');
      s.git('switch', '-q', 'main');
      s.git('merge', '--no-edit', 'topic', 'third');
    },
    says: [],
  },
  {
    when: 'merge --squash, commit',
    does: after(after(diverged, 'merge', '--squash', 'topic'), 'commit', '--no-edit'),
    says: SAID,
  },
  {
    when: 'merge --squash, commit with the editor',
    does: after(after(diverged, 'merge', '--squash', 'topic'), 'commit', TYPES),
    says: SAID,
  },
  {
    when: 'merge --squash, commit -m',
    does: after(after(diverged, 'merge', '--squash', 'topic'), 'commit', '-m', 'x'),
    says: SAID,
  },
  {
    when: 'merge --squash -n, shifted',
    does: after(after(shifted, 'merge', '--squash', 'topic'), 'commit', '-nm', 'x'),
    says: ['lib.ts +7,2 ai'],
  },
  {
    when: 'merge that stopped, commit',
    does: solved(['merge'], 'commit', '--no-edit'),
    says: ['lib.ts +5,1 ai'],
  },
  {
    when: 'merge that stopped, commit with the editor',
    does: solved(['merge'], 'commit', APPENDS),
    says: ['lib.ts +5,1 ai'],
  },
  {
    when: 'merge that stopped, merge --continue',
    does: solved(['merge'], 'merge', '--continue'),
    says: ['lib.ts +5,1 ai'],
  },
  {
    when: 'merge that stopped, commit -m',
    does: solved(['merge'], 'commit', '-m', 'x'),
    says: ['lib.ts +5,1 ai'],
  },
  {
    when: 'merge, cleanup scissors, that stopped',
    does: solved(
      ['-c', 'commit.cleanup=scissors', 'merge'],
      '-c',
      'commit.cleanup=scissors',
      'commit',
      NOTHING,
    ),
    says: ['lib.ts +5,1 ai'],
  },
  {
    when: 'merge --squash that stopped, commit',
    does: solved(['merge', '--squash'], 'commit', '--no-edit'),
    says: ['lib.ts +5,2 ai'],
  },
];

const PICKS: readonly Row[] = [
  { when: 'cherry-pick', does: after(diverged, 'cherry-pick', 'topic'), says: SAID },
  {
    when: 'cherry-pick to a shifted place',
    does: after(shifted, 'cherry-pick', 'topic'),
    says: SAID,
    travels: true,
  },
  { when: 'cherry-pick -x -s', does: after(diverged, 'cherry-pick', '-x', '-s', 'topic'), says: SAID },
  {
    when: 'cherry-pick --edit',
    does: after(diverged, 'cherry-pick', '--edit', 'topic', SUBJECT),
    says: SAID,
  },
  ...[['-m', '1'], ['-m1'], ['--mainline', '1', '-x'], ['--mainline=1', '--edit']].map((words) => ({
    when: `cherry-pick ${words.join(' ')} of a merge`,
    does: after(sideMerged, 'cherry-pick', ...words, 'side', NOTHING),
    says: SAID,
  })),
  {
    when: 'cherry-pick -n, commit -m',
    does: after(after(shifted, 'cherry-pick', '-n', 'topic'), 'commit', '-m', 'x'),
    says: ['lib.ts +7,2 ai'],
  },
  {
    when: 'cherry-pick -n, commit',
    does: after(after(shifted, 'cherry-pick', '-n', 'topic'), 'commit', '--no-edit'),
    says: ['lib.ts +7,2 ai'],
  },
  {
    when: 'cherry-pick that stopped, --continue',
    does: solved(['cherry-pick'], 'cherry-pick', '--continue'),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'cherry-pick that stopped, commit',
    does: solved(['cherry-pick'], 'commit', '--no-edit'),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'cherry-pick that stopped, commit -m',
    does: solved(['cherry-pick'], 'commit', '-m', 'x'),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'revert',
    does: after(committed, 'revert', '--no-edit', 'HEAD'),
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  { when: 'revert with the editor', does: after(committed, 'revert', '--edit', 'HEAD', SUBJECT), says: [] },
  {
    when: 'revert of the revert',
    does: after(after(committed, 'revert', '--no-edit', 'HEAD'), 'revert', '--no-edit', 'HEAD'),
    says: { HEAD: SAID, 'HEAD~1': [], 'HEAD~2': SAID },
  },
  {
    when: 'revert of the revert with the editor',
    does: after(after(committed, 'revert', '--no-edit', 'HEAD'), 'revert', '--edit', 'HEAD', SUBJECT),
    says: SAID,
  },
  {
    when: 'revert -n, commit',
    does: after(after(committed, 'revert', '-n', 'HEAD'), 'commit', '-m', 'x'),
    says: [],
  },
  {
    when: 'revert -n of the revert, commit',
    does: after(
      after(after(committed, 'revert', '--no-edit', 'HEAD'), 'revert', '-n', 'HEAD'),
      'commit',
      '-m',
      'x',
    ),
    says: SAID,
  },
  {
    when: 'revert that stopped, --continue',
    does: async (s) => {
      await committed(s);
      s.person('lib.ts', put(3, 'agentOne', 'personChanged'));
      s.git('commit', '-qam', 'y');
      s.fails('revert', '--no-edit', 'HEAD~1');
      await s.agent('lib.ts', put(3, 'personChanged', 'agentLeft'));
      s.git('add', '.');
      s.git('revert', '--continue');
    },
    says: ['lib.ts +5,1 ai', 'lib.ts -4,1 ai'],
  },
];

/** On `topic`, above main's base: agent commit (lines 4 and 5), person commit, agent commit (a third line). */
const series: Story = async (s) => {
  s.git('switch', '-qc', 'topic');
  await committed(s);
  s.person('other.ts', lines('personOther'));
  s.git('add', '.');
  s.git('commit', '-qm', 'person commit');
  await s.agent('lib.ts', MORE);
  s.git('commit', '-qam', 'more by the agent');
};
const seriesBehindMain: Story = async (s) => {
  await series(s);
  s.git('switch', '-q', 'main');
  s.person('lib.ts', lines('personTopOne', 'personTopTwo', 'personTopThree', ...six));
  s.git('commit', '-qam', 'main commit');
  s.git('switch', '-q', 'topic');
};
const REPLAYED = { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': [], 'HEAD~2': SAID };

const REBASES: readonly Row[] = [
  { when: 'rebase', does: after(seriesBehindMain, 'rebase', 'main'), says: REPLAYED, travels: true },
  {
    when: 'rebase --apply',
    does: after(seriesBehindMain, 'rebase', '--apply', 'main'),
    says: REPLAYED,
    travels: true,
  },
  { when: 'rebase --force-rebase', does: after(series, 'rebase', '--force-rebase', 'main'), says: REPLAYED },
  {
    when: 'rebase, reword',
    does: after(seriesBehindMain, 'rebase', '-i', 'main', { ...todo('1s/pick/reword/'), ...SUBJECT }),
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': [], 'HEAD~2': ['lib.ts +7,2 ai'] },
    travels: true,
  },
  {
    when: 'rebase, reword without a change below',
    does: after(series, 'rebase', '-i', 'main', { ...todo('1s/pick/reword/'), ...SUBJECT }),
    says: REPLAYED,
  },
  {
    when: 'rebase, squash',
    does: after(series, 'rebase', '-i', 'main', { ...todo('3s/pick/squash/'), ...SUBJECT }),
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'rebase, squash all',
    does: after(series, 'rebase', '-i', 'main', { ...todo('2,3s/pick/squash/'), ...SUBJECT }),
    says: AMENDED,
  },
  {
    when: 'rebase, squash all, shifted',
    does: after(seriesBehindMain, 'rebase', '-i', 'main', { ...todo('2,3s/pick/squash/'), ...NOTHING }),
    says: ['lib.ts +7,3 ai'],
  },
  {
    when: 'rebase, fixup',
    does: after(series, 'rebase', '-i', 'main', todo('3s/pick/fixup/')),
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'rebase, fixup all, shifted',
    does: after(seriesBehindMain, 'rebase', '-i', 'main', todo('2,3s/pick/fixup/')),
    says: ['lib.ts +7,3 ai'],
  },
  {
    when: 'rebase, fixup -C',
    does: after(series, 'rebase', '-i', 'main', todo('2s/pick/fixup -C/;3s/pick/fixup/')),
    says: AMENDED,
  },
  {
    when: 'rebase, fixup -c',
    does: after(series, 'rebase', '-i', 'main', { ...todo('2s/pick/fixup -c/'), ...SUBJECT }),
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'rebase, squash and fixup',
    does: after(series, 'rebase', '-i', 'main', { ...todo('2s/pick/squash/;3s/pick/fixup/'), ...NOTHING }),
    says: AMENDED,
  },
  {
    when: 'rebase --autosquash',
    does: async (s) => {
      await committed(s);
      await s.agent('lib.ts', MORE);
      s.git('commit', '-qa', '--fixup', 'HEAD');
      s.git('rebase', '-i', '--autosquash', 'HEAD~2');
    },
    says: AMENDED,
  },
  {
    when: 'rebase, edit, commit --amend, --continue',
    does: async (s) => {
      await series(s);
      s.git('rebase', '-i', 'main', { env: todo('1s/pick/edit/') });
      await s.agent(
        'lib.ts',
        put(3, 'agentOne', 'agentTwo').replace('(personAlpha', '(personAlpha, agentAlpha'),
      );
      s.git('commit', '-a', '--amend', '--no-edit');
      s.git('rebase', '--continue');
    },
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~2': ['lib.ts +1,1 mixed', 'lib.ts +4,2 ai', 'lib.ts -1,1 ai'] },
  },
  {
    when: 'rebase, edit, --continue with staged changes',
    does: async (s) => {
      await series(s);
      s.git('rebase', '-i', 'main', { env: todo('1s/pick/edit/') });
      await s.agent('new.ts', lines('agentNew'));
      s.git('add', '.');
      s.git('rebase', '--continue', { env: SUBJECT });
    },
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~2': ['lib.ts +4,2 ai', 'new.ts +1,1 ai'] },
  },
  {
    when: 'rebase, edit, reset, two commits',
    does: async (s) => {
      await series(s);
      s.git('rebase', '-i', 'main', { env: todo('1s/pick/edit/') });
      s.git('reset', '-q', 'HEAD~');
      s.person('extra.ts', lines('personExtra'));
      s.git('add', 'extra.ts');
      s.git('commit', '-qm', 'first');
      s.git('commit', '-qam', 'second');
      s.git('rebase', '--continue');
    },
    says: { 'HEAD~2': SAID, 'HEAD~3': [] },
  },
  {
    when: 'rebase, break, commit, --continue',
    does: async (s) => {
      await series(s);
      s.git('rebase', '-i', 'main', { env: todo('1a break') });
      await s.agent('new.ts', lines('agentNew'));
      s.git('add', '.');
      s.git('commit', '-qm', 'between');
      s.git('rebase', '--continue');
    },
    says: { HEAD: ['lib.ts +6,1 ai'], 'HEAD~2': ['new.ts +1,1 ai'], 'HEAD~3': SAID },
  },
  {
    when: 'rebase --exec',
    does: after(series, 'rebase', '--exec', 'git commit --amend --no-edit -q', 'main'),
    says: REPLAYED,
  },
  {
    when: 'rebase that stopped, --continue',
    does: solved(['rebase'], 'rebase', '--continue'),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'rebase that stopped, --continue with the editor',
    does: solved(['rebase'], 'rebase', '--continue', SUBJECT),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'rebase that stopped, commit, --continue',
    does: after(solved(['rebase'], 'commit', '--no-edit'), 'rebase', '--continue'),
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: 'rebase with a squash that stopped, --continue',
    does: squashThatStopped,
    says: ['lib.ts +4,1 ai', 'lib.ts +6,1 ai'],
  },
  {
    when: 'rebase --rebase-merges',
    does: async (s) => {
      await diverged(s);
      s.git('merge', '-q', '--no-edit', 'topic');
      s.git('rebase', '--rebase-merges', '--force-rebase', 'HEAD~1');
    },
    says: { HEAD: [], 'HEAD^2': SAID },
  },
  {
    when: 'rebase --root, reword',
    does: after(committed, 'rebase', '-i', '--root', { ...todo('1,2s/pick/reword/'), ...SUBJECT }),
    says: { HEAD: SAID, 'HEAD~1': [] },
  },
  {
    when: 'pull --rebase',
    does: async (s) => {
      await seriesBehindMain(s);
      s.git('pull', '-q', '--rebase', '.', 'main');
    },
    says: REPLAYED,
    travels: true,
  },
  {
    when: 'am',
    does: async (s) => {
      await diverged(s);
      s.git('am', '-q', { stdin: s.git('format-patch', '--stdout', '-1', 'topic') });
    },
    says: SAID,
  },
];

async function squashThatStopped(s: Scene): Promise<void> {
  s.git('switch', '-qc', 'topic');
  await s.agent('lib.ts', put(3, 'agentOne'));
  s.git('commit', '-qam', 'first');
  s.person('lib.ts', put(3, 'agentOne', 'personNext'));
  s.git('commit', '-qam', 'second');
  s.person('lib.ts', put(3, 'agentOne', 'personNext', 'personLast'));
  s.git('commit', '-qam', 'third');
  // The third commit onto the first, without the second: its neighbour is missing.
  s.fails('rebase', '-i', 'main', { env: todo('2d;3s/pick/squash/') });
  await s.agent('lib.ts', put(3, 'agentOne', 'personLast', 'agentSolved'));
  s.git('add', '.');
  s.git('rebase', '--continue', { env: NOTHING });
}

const RETURNS: readonly Row[] = [
  {
    when: 'stash, pop, commit',
    does: async (s) => {
      await edit(s);
      s.git('stash', '-q');
      s.git('stash', 'pop', '-q');
      s.git('commit', '-am', 'x');
    },
    says: SAID,
  },
  {
    when: 'stash, a commit above, pop, commit',
    does: async (s) => {
      await staged(s);
      s.git('stash', '-q');
      s.person('lib.ts', lines('personTop', ...six));
      s.git('commit', '-qam', 'between');
      s.git('stash', 'pop', '-q');
      s.git('commit', '-am', 'x');
    },
    says: { HEAD: ['lib.ts +5,2 ai'], 'HEAD~1': [] },
  },
  {
    when: 'reset --soft, commit',
    does: after(after(committed, 'reset', '--soft', 'HEAD~'), 'commit', '-m', 'y'),
    says: SAID,
  },
  {
    when: 'reset --soft of three, commit',
    does: after(after(series, 'reset', '--soft', 'HEAD~3'), 'commit', '-m', 'y'),
    says: AMENDED,
  },
  {
    when: 'reset, commit -a',
    does: after(after(committed, 'reset', '-q', 'HEAD~'), 'commit', '-am', 'y'),
    says: SAID,
  },
  {
    when: 'reset --hard, typed again by a person',
    does: async (s) => {
      await committed(s);
      s.git('reset', '-q', '--hard', 'HEAD~');
      s.person('lib.ts', put(3, 'personOwn'));
      s.git('commit', '-am', 'y');
    },
    says: [],
  },
  {
    when: 'switch away with changes, and back',
    does: async (s) => {
      await edit(s);
      s.git('switch', '-qc', 'other');
      s.git('commit', '-qam', 'x');
    },
    says: SAID,
  },
  {
    when: 'restore --staged, commit -a',
    does: after(after(staged, 'restore', '--staged', 'lib.ts'), 'commit', '-am', 'x'),
    says: SAID,
  },
  {
    when: 'restore, commit of something else',
    does: async (s) => {
      await edit(s);
      s.git('restore', 'lib.ts');
      s.person('other.ts', lines('personOther'));
      s.git('add', '.');
      s.git('commit', '-qm', 'x');
    },
    says: [],
  },
];

async function twoHunks(s: Scene): Promise<void> {
  const more = six.map((word) => `${word}Again`);
  s.person('lib.ts', lines(...six, ...more));
  s.git('commit', '-qam', 'longer');
  await s.agent('lib.ts', lines('personAlpha', 'agentOne', ...six.slice(1), ...more, 'agentTwo'));
}

const INDEX: readonly Row[] = [
  {
    when: 'commit PATH',
    does: async (s) => {
      await s.agent('other.ts', lines('agentOther'));
      s.git('add', '.');
      await edit(s);
      s.git('commit', '-m', 'x', 'lib.ts');
      s.git('commit', '-m', 'y');
    },
    says: { HEAD: ['other.ts +1,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'commit -o PATH in a folder',
    does: async (s) => {
      await s.agent('deep/other.ts', lines('agentOther'));
      s.git('add', '.');
      await edit(s);
      s.git('commit', '-m', 'x', '-o', 'other.ts', { cwd: join(s.folder, 'deep') });
    },
    says: ['deep/other.ts +1,1 ai'],
  },
  {
    when: 'commit -i PATH',
    does: async (s) => {
      await s.agent('other.ts', lines('agentOther'));
      s.git('add', '.');
      await edit(s);
      s.git('commit', '-m', 'x', '-i', 'lib.ts');
    },
    says: ['lib.ts +4,2 ai', 'other.ts +1,1 ai'],
  },
  {
    when: 'add -p, the first of two hunks',
    does: async (s) => {
      await twoHunks(s);
      s.git('add', '-p', { stdin: 'y\nn\n' });
      s.git('commit', '-m', 'x');
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: ['lib.ts +14,1 ai'], 'HEAD~1': ['lib.ts +2,1 ai'] },
  },
  {
    when: 'commit -p',
    does: async (s) => {
      await twoHunks(s);
      s.git('commit', '-p', '-m', 'x', { stdin: 'n\ny\n' });
    },
    says: ['lib.ts +13,1 ai'],
  },
  {
    when: 'a staged blob that was never in the working tree',
    does: async (s) => {
      await edit(s);
      const oid = s.git('hash-object', '-w', '--stdin', { stdin: put(3, 'agentTwo') }).trim();
      s.git('update-index', '--cacheinfo', `100644,${oid},lib.ts`);
      s.git('commit', '-m', 'x');
    },
    says: ['lib.ts +4,1 ai'],
  },
  {
    when: 'staged, then changed by a person',
    does: async (s) => {
      await staged(s);
      s.person('lib.ts', put(3, 'personOwn'));
      s.git('commit', '-m', 'x');
    },
    says: SAID,
  },
  {
    when: 'a GIT_INDEX_FILE of the person',
    does: async (s) => {
      await edit(s);
      const env = { GIT_INDEX_FILE: join(s.repo.root, 'own-index') };
      s.git('read-tree', 'HEAD', { env });
      s.git('add', '.', { env });
      s.git('commit', '-m', 'x', { env });
    },
    says: SAID,
  },
  {
    when: 'add -N of another file',
    does: async (s) => {
      await staged(s);
      await s.agent('later.ts', lines('agentLater'));
      s.git('add', '-N', 'later.ts');
      s.git('commit', '-m', 'x');
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: ['later.ts +1,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'sparse checkout',
    does: async (s) => {
      await s.agent('kept/a.ts', lines('agentKept'));
      s.person('dropped/b.ts', lines('personDropped'));
      s.git('add', '.');
      s.git('commit', '-qm', 'x');
      s.git('sparse-checkout', 'set', 'kept');
      await s.agent('kept/a.ts', lines('agentKept', 'agentMore'));
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: ['kept/a.ts +2,1 ai'], 'HEAD~1': ['kept/a.ts +1,1 ai'] },
  },
  {
    when: 'sparse index',
    does: async (s) => {
      await s.agent('kept/a.ts', lines('agentKept'));
      s.person('dropped/b.ts', lines('personDropped'));
      s.git('add', '.');
      s.git('commit', '-qm', 'x');
      s.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'kept');
      await s.agent('kept/a.ts', lines('agentKept', 'agentMore'));
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: ['kept/a.ts +2,1 ai'] },
  },
  {
    when: 'split index',
    does: async (s) => {
      s.git('update-index', '--split-index');
      await edit(s);
      s.git('commit', '-am', 'x');
    },
    says: SAID,
  },
];

const TEXTS: readonly Row[] = [
  {
    when: "the agent deletes a person's lines",
    does: async (s) => {
      await s.agent('lib.ts', lines(...six.slice(0, 2), ...six.slice(4)));
      s.git('commit', '-am', 'x');
    },
    says: ['lib.ts -3,2 ai'],
  },
  {
    when: 'the agent deletes a file by emptying it',
    does: async (s) => {
      await s.agent('lib.ts', '');
      s.git('commit', '-am', 'x');
    },
    says: ['lib.ts -1,6 ai'],
  },
  {
    when: 'a new file',
    does: async (s) => {
      await s.agent('new.ts', lines('agentA', 'agentB'));
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['new.ts +1,2 ai'],
  },
  {
    when: 'a new file without a last line end',
    does: async (s) => {
      await s.agent('new.ts', 'use(agentA);\nuse(agentB);');
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['new.ts +1,2 ai'],
  },
  {
    when: "a person's lines around the agent's",
    does: async (s) => {
      await edit(s);
      s.person('lib.ts', put(3, 'personAbove', 'agentOne', 'agentTwo', 'personBelow'));
      s.git('commit', '-am', 'x');
    },
    says: ['lib.ts +5,2 ai'],
  },
  {
    when: "a person's lines in between",
    does: async (s) => {
      await edit(s);
      s.person('lib.ts', put(3, 'agentOne', 'personBetween', 'agentTwo'));
      s.git('commit', '-am', 'x');
    },
    says: ['lib.ts +4,1 ai', 'lib.ts +6,1 ai'],
  },
  {
    when: 'the root commit',
    does: async (s) => {
      s.git('checkout', '-q', '--orphan', 'other');
      s.git('rm', '-rfq', '.');
      await s.agent('new.ts', lines('agentA', 'agentB'));
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['new.ts +1,2 ai'],
  },
  {
    when: 'a detached head',
    does: async (s) => {
      s.git('checkout', '-q', '--detach');
      await edit(s);
      s.git('commit', '-am', 'x');
    },
    says: SAID,
  },
  {
    when: 'rename with edits by the agent',
    does: async (s) => {
      s.git('mv', 'lib.ts', 'moved.ts');
      await s.agent('moved.ts', TWO);
      s.git('commit', '-am', 'x');
    },
    says: ['moved.ts +4,2 ai'],
  },
  {
    when: 'edits by the agent, then a rename',
    does: async (s) => {
      await edit(s);
      s.git('add', '.');
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '-m', 'x');
    },
    says: ['moved.ts +4,2 ai'],
  },
  {
    when: 'edits by the agent, rename by hand into a folder',
    does: async (s) => {
      await edit(s);
      mkdirSync(join(s.folder, 'src'));
      renameSync(join(s.folder, 'lib.ts'), join(s.folder, 'src/lib.ts'));
      s.git('add', '-A');
      s.git('commit', '-m', 'x');
    },
    says: ['src/lib.ts +4,2 ai'],
  },
  {
    when: "a rename only of the agent's file",
    does: async (s) => {
      await committed(s);
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '-m', 'y');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  {
    when: 'a rename, then --amend',
    does: async (s) => {
      await committed(s);
      s.git('mv', 'lib.ts', 'moved.ts');
      s.git('commit', '--amend', '--no-edit');
    },
    says: ['moved.ts +4,2 ai'],
  },
  {
    when: 'a new file renamed before the commit',
    does: async (s) => {
      await s.agent('new.ts', lines('agentFirst', 'agentSecond', 'agentThird'));
      renameSync(join(s.folder, 'new.ts'), join(s.folder, 'other.ts'));
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['other.ts +1,3 ai'],
  },
  {
    when: 'a mode change only',
    does: async (s) => {
      await committed(s);
      chmodSync(join(s.folder, 'lib.ts'), 0o755);
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  {
    when: 'a mode change and lines',
    does: async (s) => {
      await edit(s);
      chmodSync(join(s.folder, 'lib.ts'), 0o755);
      s.git('commit', '-am', 'y');
    },
    says: SAID,
  },
  {
    when: 'a binary beside it',
    does: async (s) => {
      s.person('image.png', Buffer.from([137, 80, 0, 10, 64, 64, 32, 49, 10]));
      await staged(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
      s.person('image.png', Buffer.from([137, 80, 0, 10, 10, 10]));
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  {
    when: "the agent's text becomes binary",
    does: async (s) => {
      await committed(s);
      s.person('lib.ts', Buffer.from('use(agentOne);\n\0\n'));
      s.git('commit', '-am', 'y');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  {
    when: 'an LFS pointer',
    does: async (s) => {
      await s.agent(
        'big.bin',
        `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`,
      );
      await staged(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: SAID,
  },
  {
    when: 'a submodule pointer',
    does: async (s) => {
      s.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`);
      await staged(s);
      s.git('commit', '-qm', 'x');
      s.git('update-index', '--cacheinfo', `160000,${'2'.repeat(40)},sub`);
      s.git('commit', '-m', 'y');
    },
    says: { HEAD: [], 'HEAD~1': SAID },
  },
  {
    when: 'a symbolic link',
    does: async (s) => {
      symlinkSync('lib.ts', join(s.folder, 'link'));
      await staged(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: SAID,
  },
  {
    when: 'a file that becomes a symbolic link',
    does: async (s) => {
      await committed(s);
      rmSync(join(s.folder, 'lib.ts'));
      symlinkSync('elsewhere', join(s.folder, 'lib.ts'));
      await s.agent('new.ts', lines('agentNew'));
      s.git('add', '-A');
      s.git('commit', '-m', 'y');
    },
    says: { HEAD: ['new.ts +1,1 ai'], 'HEAD~1': SAID },
  },
  {
    when: 'CRLF in the working tree, autocrlf',
    options: { config: { 'core.autocrlf': 'true' } },
    does: async (s) => {
      await s.agent('crlf.txt', lines('agentA', 'agentB').replaceAll('\n', '\r\n'));
      s.git('add', '.', { env: {} });
      s.git('commit', '-m', 'x');
    },
    says: ['crlf.txt +1,2 ai'],
  },
  {
    when: 'CRLF in the working tree, eol attribute',
    does: async (s) => {
      s.person('.gitattributes', '*.txt text eol=crlf\n');
      s.person('crlf.txt', lines(...six).replaceAll('\n', '\r\n'));
      s.git('add', '.');
      s.git('commit', '-qm', 'y');
      await s.agent('crlf.txt', TWO.replaceAll('\n', '\r\n'));
      s.git('commit', '-am', 'x');
    },
    says: ['crlf.txt +4,2 ai'],
  },
  {
    when: 'CRLF that is committed',
    does: async (s) => {
      await s.agent('crlf.txt', lines('agentA', 'agentB').replaceAll('\n', '\r\n'));
      s.git('-c', 'core.autocrlf=false', 'add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['crlf.txt +1,2 ai'],
  },
  {
    when: 'a clean filter that changes the text',
    does: async (s) => {
      s.git('config', 'filter.up.clean', 'sed s/agentOne/agentOne/g');
      s.person('.gitattributes', '*.ts filter=up\n');
      await edit(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: SAID,
  },
  {
    when: 'bytes that are no UTF-8',
    does: async (s) => {
      s.person('latin.txt', Buffer.from('use(personGr\xfc\xdfe);\n', 'latin1'));
      s.git('add', '.');
      s.git('commit', '-qm', 'y');
      await staged(s);
      s.person('latin.txt', Buffer.from('use(personGr\xfc\xdfe);\nuse(personK\xf6rper);\n', 'latin1'));
      s.git('commit', '-am', 'x');
    },
    says: SAID,
  },
  {
    when: 'a diff configured otherwise',
    options: {
      config: {
        'diff.algorithm': 'patience',
        'diff.noprefix': 'true',
        'diff.context': '9',
        'diff.interHunkContext': '9',
        'diff.renames': 'copies',
        'diff.external': 'false',
        'color.ui': 'always',
        'diff.relative': 'true',
        'diff.orderFile': '.git/description',
        'core.quotePath': 'false',
        'diff.suppressBlankEmpty': 'true',
        'diff.mnemonicPrefix': 'true',
        'diff.submodule': 'log',
        'diff.ignoreSubmodules': 'all',
        'log.showSignature': 'true',
      },
    },
    does: async (s) => {
      await s.agent('ünï.ts', lines('agentA'));
      await staged(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['lib.ts +4,2 ai', '%C3%BCn%C3%AF.ts +1,1 ai'],
  },
  {
    when: 'attributes that make it binary for git',
    does: async (s) => {
      s.person('.gitattributes', '*.ts -diff -text\n');
      await edit(s);
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: SAID,
  },
];

const NAMES: readonly [path: string, encoded: string][] = [
  ['with space.ts', 'with%20space.ts'],
  ['"quoted".ts', '%22quoted%22.ts'],
  ["it's.ts", "it's.ts"],
  ['new\nline.ts', 'new%0Aline.ts'],
  ['tab\there.ts', 'tab%09here.ts'],
  ['back\\slash.ts', 'back\\slash.ts'],
  ['#hash.ts', '%23hash.ts'],
  ['100%.ts', '100%25.ts'],
  ['a:b.ts', 'a%3Ab.ts'],
  ['@at.ts', '%40at.ts'],
  ['-dash.ts', '-dash.ts'],
  [':(glob)*.ts', '%3A(glob)*.ts'],
  ['grün/日本.ts', 'gr%C3%BCn/%E6%97%A5%E6%9C%AC.ts'],
  ['diff --git a/b', 'diff%20--git%20a/b'],
  ['{a => b}.ts', '{a%20=>%20b}.ts'],
];

const NAMED: readonly Row[] = NAMES.map(([path, encoded]) => ({
  when: `the path ${JSON.stringify(path)}`,
  does: async (s) => {
    s.person(path, lines(...six));
    s.git('add', '-A');
    s.git('commit', '-qm', 'x');
    await s.agent(path, TWO);
    s.git('commit', '-qam', 'y');
    s.forgetJournal();
    s.git('commit', '--amend', '-qm', 'z');
  },
  says: [`${encoded} +4,2 ai`],
}));

const PLACES: readonly Row[] = [
  {
    when: 'a path of bytes that are no UTF-8',
    does: async (s) => {
      await s.agent('plain.ts', lines('agentA', 'agentB', 'agentC'));
      inShell(s, `mv plain.ts "$(printf 'gr\\374n.ts')"`);
      s.git('add', '-A');
      s.git('commit', '-qm', 'x');
    },
    says: ['gr%FCn.ts +1,3 ai'],
  },
  {
    when: 'a path of bytes that are no UTF-8, amended in a clone',
    does: async (s) => {
      await s.agent('plain.ts', lines('agentA', 'agentB', 'agentC'));
      inShell(s, `mv plain.ts "$(printf 'gr\\374n.ts')"`);
      s.git('add', '-A');
      s.git('commit', '-qm', 'x');
      s.forgetJournal();
      s.git('commit', '--amend', '-qm', 'y');
    },
    says: ['gr%FCn.ts +1,3 ai'],
  },
  {
    when: 'a SHA-256 repository',
    options: { objectFormat: 'sha256' },
    does: async (s) => {
      await committed(s);
      await s.agent('lib.ts', MORE);
      s.git('commit', '-qam', 'y');
      s.git('reset', '--soft', 'HEAD~2');
      s.git('commit', '-m', 'z');
    },
    says: AMENDED,
  },
  {
    when: 'the root commit of a SHA-256 repository',
    options: { objectFormat: 'sha256' },
    does: async (s) => {
      s.git('checkout', '-q', '--orphan', 'other');
      s.git('rm', '-rfq', '.');
      await s.agent('new.ts', lines('agentA'));
      s.git('add', '.');
      s.git('commit', '-m', 'x');
    },
    says: ['new.ts +1,1 ai'],
  },
  {
    when: 'a linked worktree',
    does: async (s) => {
      s.git('worktree', 'add', '-q', '-b', 'linked', '../linked tree');
      await s.moveTo(join(s.repo.root, 'linked tree'));
      await staged(s);
      s.git('commit', '-m', 'x');
      await s.agent('lib.ts', MORE);
      s.git('commit', '-a', '--amend', '-nm', 'y');
    },
    says: AMENDED,
  },
  {
    when: 'edited in one worktree, committed in another',
    does: async (s) => {
      s.git('worktree', 'add', '-q', '-b', 'linked', '../linked');
      await edit(s);
      const text = s.git('diff');
      s.git('checkout', '-q', '.');
      await s.moveTo(join(s.repo.root, 'linked'));
      s.git('apply', { stdin: text });
      s.git('commit', '-qam', 'x');
    },
    says: SAID,
  },
  {
    when: 'a submodule',
    does: async (s) => {
      const library = join(s.repo.root, 'library');
      s.git('init', '-q', '-b', 'main', library);
      writeFileSync(join(library, 'lib.ts'), lines(...six));
      s.git('add', '.', { cwd: library });
      s.git('commit', '-qm', 'x', { cwd: library });
      s.git('submodule', '--quiet', 'add', library, 'deep/sub');
      s.git('commit', '-qm', 'sub');
      await s.moveTo(join(s.repo.dir, 'deep/sub'));
      await committed(s);
    },
    says: SAID,
  },
  {
    when: 'from a folder of the work tree',
    does: async (s) => {
      await s.agent('deep/a.ts', lines('agentA'));
      s.git('add', '.', { cwd: join(s.folder, 'deep') });
      s.git('commit', '-m', 'x', { cwd: join(s.folder, 'deep') });
    },
    says: ['deep/a.ts +1,1 ai'],
  },
  {
    when: 'with GIT_DIR and GIT_WORK_TREE',
    does: async (s) => {
      await edit(s);
      const env = { GIT_DIR: join(s.repo.dir, '.git'), GIT_WORK_TREE: s.repo.dir };
      s.git('commit', '-am', 'x', { env, cwd: s.repo.root });
    },
    says: SAID,
  },
  {
    when: 'with -C and --git-dir',
    does: async (s) => {
      await edit(s);
      s.git('-C', s.repo.dir, '--git-dir=.git', '--work-tree=.', 'commit', '-am', 'x', { cwd: s.repo.root });
    },
    says: SAID,
  },
  {
    when: 'a work tree with a strange name',
    options: { name: `it's a "läd" $(x) #z` },
    does: after(staged, 'commit', '-m', 'x'),
    says: SAID,
  },
  {
    when: 'a commit of 300 ranges',
    does: async (s) => {
      await s.agent('long.ts', lines(...Array.from({ length: 300 }, (_, i) => [`agentRow${i}`]).flat()));
      s.person(
        'long.ts',
        lines(...Array.from({ length: 300 }, (_, i) => [`agentRow${i}`, `personRow${i}`]).flat()),
      );
      s.git('add', '.');
      s.git('-c', 'hunkmark.detail=full', 'commit', '-qm', 'x');
    },
    says: Array.from({ length: 300 }, (_, i) => `long.ts +${2 * i + 1},1 ai`),
  },
];

function inShell(scene: Scene, script: string): void {
  const { status, stderr } = spawnSync('sh', ['-ec', script], { cwd: scene.folder, env: scene.repo.env });
  assert.equal(status, 0, stderr.toString());
}

const TABLE: Readonly<Record<string, readonly Row[]>> = {
  'git commit': COMMITS,
  'the message': MESSAGES,
  amending: AMENDS,
  merging: MERGES,
  'picking and reverting': PICKS,
  rebasing: REBASES,
  'coming back': RETURNS,
  'the index': INDEX,
  'texts and files': TEXTS,
  paths: NAMED,
  places: PLACES,
};

/** Where the program also runs for a person, and finds nothing to say; elsewhere the gate keeps it asleep. */
const AWAKE: ReadonlySet<readonly Row[]> = new Set([COMMITS, AMENDS, MERGES, PICKS, REBASES]);

/** The initial commit, made before anything of ours is there. */
function given(repo: ScratchRepo): void {
  repo.write('lib.ts', lines(...six));
  repo.git('add', '.');
  repo.git('commit', '--quiet', '-m', 'initial', {
    env: { GIT_AUTHOR_DATE: '1600000000 +0000', GIT_COMMITTER_DATE: '1600000000 +0000' },
  });
}

async function inCast(
  row: Row,
  cast: Cast,
  awake: boolean,
  look: (scene: Scene) => void | Promise<void>,
): Promise<void> {
  const scene = await tell(cast, row.does, {
    ...row.options,
    given,
    awake,
    ...(row.calling ? { calling: row.calling } : {}),
  });
  try {
    await look(scene);
  } finally {
    scene.repo.dispose();
  }
}

/** What the trailers of a commit say, one `PATH RANGE CLASS` for each range, in their order. */
interface SaidRange {
  readonly encoded: string;
  readonly side: string;
  readonly start: number;
  readonly count: number;
  readonly digest: string;
  readonly what: string;
}

function trailersOf(scene: Scene, rev: string): string[] {
  const format = '--format=%(trailers:only=true,unfold=true)';
  return gitBytes(scene, ['log', '-1', format, rev]).split('\n').filter(Boolean);
}

function saidRanges(trailers: readonly string[]): SaidRange[] {
  return trailers.flatMap((trailer) => {
    const found = /^AI-Hunk: (\S+) (.*?)((?: [a-z]\S*)+)$/.exec(trailer);
    if (!found) return [];
    const [, encoded = '', places = '', what = ''] = found;
    return places.split(' ').map((place) => {
      const parsed = /^([+-])(\d+),(\d+):([0-9a-f]{8})$/.exec(place);
      assert.ok(parsed, trailer);
      const [, side = '', start, count, digest = ''] = parsed;
      return { encoded, side, start: Number(start), count: Number(count), digest, what: what.trim() };
    });
  });
}

/** The digests of the named lines, by the three programs that the format names. */
function digestsByHand(scene: Scene, rev: string, ranges: readonly SaidRange[]): string[] {
  const script = ranges.map(({ encoded, side, start, count }) => {
    const name = inOctal(Buffer.from(`${side === '-' ? `${rev}~` : rev}:${decoded(encoded)}`, 'latin1'));
    const lines = `sed -n '${start},${start + count - 1}p'`;
    return `git cat-file blob "$(printf '${name}')" | ${lines} | sha256sum`;
  });
  const { stdout, stderr } = spawnSync('sh', ['-c', script.join('\n')], {
    cwd: scene.folder,
    env: scene.repo.env,
  });
  assert.equal(stderr.toString(), '');
  return stdout
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => line.slice(0, 8));
}

/** Undoes the percent encoding of a trailer's path; one character a byte. */
function decoded(encoded: string): string {
  return encoded.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function inOctal(bytes: Buffer): string {
  return [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Lines that a commit adds against its first parent, by git's own patch. */
function addedLines(scene: Scene, rev: string): string[] {
  const how = ['-p', '-U0', '--histogram', '--root', '-M', '--text', '--no-commit-id'];
  const patch = gitBytes(scene, ['diff-tree', ...how, rev]);
  return patch.split('\n').flatMap((line) => (/^\+(?!\+\+ )/.test(line) ? [line.slice(1)] : []));
}

function checkSaid(scene: Scene, rev: string, expected: readonly string[], travels: boolean): void {
  const { message, headers } = commitParts(scene, rev);
  if (expected[0] === 'buried') {
    assert.match(message, /^AI-Provenance: v1 .*\n(?:.*\n)*\nappended\n$/m);
    return;
  }
  if (expected.length === 0) {
    assert.doesNotMatch(message, /^AI-|^Assisted-by: claude/m);
    return;
  }
  const trailers = trailersOf(scene, rev);
  const openings = trailers.filter((trailer) => trailer.startsWith('AI-Provenance: v1 '));
  assert.equal(openings.length, 1, message);
  assert.equal(message.match(/^AI-Provenance/gm)?.length, 1, message);
  for (const line of message.split('\n'))
    if (/^(?:AI-|Assisted-by: claude)/.test(line)) assert.ok(line.length <= 100, line);
  assert.ok(trailers.includes('Assisted-by: claude-code'), message);
  const ranges = saidRanges(trailers);
  if (expected[0] === 'summary') return assert.equal(ranges.length, 0);
  const said = ranges.map(({ encoded, side, start, count, what }) => {
    assert.match(what, / agent claude-code$/);
    return `${encoded} ${side}${start},${count} ${what.split(' ')[0]}`;
  });
  assert.deepEqual([...said].sort(), [...expected].sort(), message);
  const counts = Object.fromEntries(
    [...(openings[0] ?? '').matchAll(/([a-z-]+)=(\d+)/g)].map(([, key, n]) => [key, Number(n)]),
  );
  const sum = (side: string, name: string): number =>
    ranges.reduce(
      (total, range) => total + (range.side === side && range.what.startsWith(name) ? range.count : 0),
      0,
    );
  assert.deepEqual(
    [counts['ai'], counts['mixed'], counts['ai-deleted'], counts['hunks'], counts['listed'], counts['human']],
    [sum('+', 'ai'), sum('+', 'mixed'), sum('-', ''), ranges.length, ranges.length, 0],
  );
  if (travels) return;
  const some = ranges.filter((_, at) => at < 20 || at % 20 === 0);
  assert.deepEqual(
    digestsByHand(scene, rev, some),
    some.map(({ digest }) => digest),
    message,
  );
  const isMerge = (headers.match(/^parent /gm)?.length ?? 0) > 1;
  if (!isMerge) checkLines(scene, rev, ranges, counts);
}

/** The ranges hold the agent's lines, all of them and no others. */
function checkLines(
  scene: Scene,
  rev: string,
  ranges: readonly SaidRange[],
  counts: Record<string, number>,
): void {
  const added = addedLines(scene, rev);
  const isAgents = (line: string): boolean => /\bagent[A-Z]/.test(line);
  assert.deepEqual(textsOf(scene, rev, ranges).sort(), added.filter(isAgents).sort());
  const said = (counts['ai'] ?? 0) + (counts['mixed'] ?? 0) + (counts['unknown'] ?? 0);
  assert.ok(said <= added.length, `${said} of ${added.length}`);
}

function textsOf(scene: Scene, rev: string, ranges: readonly SaidRange[]): string[] {
  const entries = gitBytes(scene, ['ls-tree', '-r', '-z', rev]).split('\0');
  const oids = new Map(
    entries.map((entry) => [entry.slice(entry.indexOf('\t') + 1), entry.split(/[ \t]/)[2] ?? '']),
  );
  const blobs = new Map<string, string[]>();
  return ranges.flatMap(({ encoded, side, start, count }) => {
    if (side === '-') return [];
    const oid = oids.get(decoded(encoded)) ?? encoded;
    const blob = blobs.get(oid) ?? gitBytes(scene, ['cat-file', 'blob', oid]).split('\n');
    blobs.set(oid, blob);
    return blob.slice(start - 1, start - 1 + count);
  });
}

/** Programs that judge messages say of ours what they say of the same message without them. */
async function checkJudged(
  judge: Judge,
  own: readonly RawCommit[],
  alone: readonly ToldCommit[],
): Promise<void> {
  // Object ids in a message are others in each telling, and no matter of ours.
  const judged = async (message: string): Promise<Judgement> =>
    await judge(message.replace(/\b[0-9a-f]{40,64}\b|commit-\d+/g, 'id'));
  for (const [at, { message }] of own.entries())
    assert.deepEqual(await judged(message), await judged(alone[at]?.message ?? ''), message);
}

function gitVersion(): [number, number] {
  const found = /(\d+)\.(\d+)/.exec(spawnSync('git', ['--version']).stdout.toString());
  return [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
}

describe('every way to a commit', function () {
  this.timeout(60_000);
  const [major, minor] = gitVersion();
  let judge: Judge;
  before(async () => {
    judge = await openJudge();
  });
  for (const [group, rows] of Object.entries(TABLE)) {
    describe(group, () => {
      for (const row of rows) {
        const [needsMajor, needsMinor] = row.needs ?? [0, 0];
        const isTooOld = major < needsMajor || (major === needsMajor && minor < needsMinor);
        it(row.when, async function () {
          // The setting is not known to this git; it would be a row about something else.
          if (isTooOld) this.skip();
          let alone: readonly ToldCommit[] = [];
          await inCast(row, 'nobody', false, (scene) => void (alone = toldHistory(scene)));
          await inCast(row, 'person', AWAKE.has(rows), (scene) => {
            assert.deepEqual(toldHistory(scene), alone);
            assert.doesNotMatch(gitBytes(scene, ['log', '--all', '--format=%B']), /^ *AI-/m);
          });
          await inCast(row, 'agent', false, async (scene) => {
            assert.deepEqual(toldHistory(scene), alone);
            await checkJudged(judge, readHistory(scene), alone);
            const says = Array.isArray(row.says)
              ? { HEAD: row.says as readonly string[] }
              : (row.says as Readonly<Record<string, readonly string[]>>);
            for (const [rev, expected] of Object.entries(says))
              checkSaid(scene, rev, expected, row.travels ?? false);
          });
        });
      }
    });
  }

  it('hunkmark.stamp always: a commit without an agent says so too', async () => {
    const tale: Story = (s) => {
      s.git('config', 'hunkmark.stamp', 'always');
      s.person('lib.ts', put(3, 'personOne', 'personTwo'));
      s.git('commit', '-qam', 'x');
      s.git('commit', '-q', '--allow-empty', '-nm', 'y');
    };
    const row: Row = { when: 'always', does: tale, says: [] };
    let alone: readonly ToldCommit[] = [];
    await inCast(row, 'nobody', false, (scene) => void (alone = toldHistory(scene)));
    await inCast(row, 'person', false, (scene) => {
      assert.deepEqual(toldHistory(scene), alone);
      const numbers = (n: number): string =>
        `AI-Provenance: v1 ai=0 mixed=0 human=0 unknown=${n} ai-deleted=0 hunks=0 listed=0`;
      assert.deepEqual(trailersOf(scene, 'HEAD~'), [numbers(2)]);
      assert.deepEqual(trailersOf(scene, 'HEAD'), [numbers(0)]);
    });
  });
});
