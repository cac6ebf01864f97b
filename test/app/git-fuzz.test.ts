import assert from 'node:assert/strict';
import { fuzzGit, replayGit } from '../fuzz/git';

/** What was wrong once, as the program that showed it, and what it was about. */
const ONCE_WRONG: readonly (readonly [about: string, program: string])[] = [
  [
    'a bracket that was there before the agent’s step',
    '2 person-edit/781588 person-edit/971613 agent-edit/915197',
  ],
  ['a person’s line staged, changed by the agent in the working tree', '109 agent-edit/324304 amend/862016'],
  ['a line that the agent moved and changed', '112 person-edit/148133 person-edit/498694 agent-twice/230444'],
  ['two calls that report in reverse', '1024 agent-twice/382809 agent-edit/177876'],
  [
    'lines moved to another file before the agent’s next step',
    '1033 agent-edit/664292 person-moves-across/170863 agent-edit/568598',
  ],
  [
    'a person’s deletion before the first of two calls',
    '20011 agent-person-after/625857 person-edit/494783 agent-twice/125425',
  ],
  [
    'boilerplate at the edge of a moved run',
    '40092 agent-person-after/917946 agent-person-after/229922 person-edit/440211 agent-edit/873875 ' +
      'person-moves-across/586284 person-edit/564342',
  ],
  ['two brackets that changed places in one step', '80281 agent-twice/539187'],
  [
    'a bracket of an agent that is not staged, beside a person’s that is',
    '500000216 person-edit/797906 agent-edit/842513 agent-twice/273415 amend/996495',
  ],
  [
    'a line that a revert brought back, formatted since',
    '1000000313 agent-edit/1201 rebase/580922 agent-edit/692097 commit-path/514909 revert/89467 format/365914',
  ],
  [
    'what stood there before a call that writes all of the file',
    '500000508 agent-edit/374885 person-edit/439607 person-creates/432239 person-moves-across/179400 ' +
      'person-deletes-file/888487 agent-fails/59803 agent-twice/513810',
  ],
  [
    'a bracket above lines that came from another file',
    '1000000468 agent-twice/975851 agent-edit/798366 agent-twice/301909 agent-edit/881299 person-edit/58865 ' +
      'person-edit/760040 person-moves-across/980486',
  ],
  [
    'a person’s line made out of one that a checkout brought back, and not out of the agent’s',
    '1020262079 branch/330786 agent-edit/461644 checkout/123414 person-edit/644816',
  ],
  [
    'the same after a revert',
    '1020262097 agent-edit/566945 commit-path/134015 revert/922833 person-edit/311497',
  ],
  [
    'the same, as the next call of an agent finds it',
    '1020262097 agent-edit/566945 commit-path/134015 revert/922833 person-edit/311497 agent-edit/7919',
  ],
  [
    'a line that an amend leaves as it was, and that a person and the agent have changed since',
    '1220262981 agent-person-before/29607 amend-message/934667',
  ],
  ['a revert after a rename', '91004 agent-edit/424482 rebase/885957 person-renames/238639 revert/387775'],
  [
    'lines of a whole text that was not written, back on another branch',
    '12413 branch/478784 agent-fails/864088 person-edit/944965 agent-edit/345763 checkout/547185 agent-edit/456665 format/845402',
  ],
  [
    'a bracket below a line that a formatter changed with it',
    '80001634 person-renames/325046 format/178560 agent-twice/398654 format/77696',
  ],
  [
    'a revert in a file that was renamed since, and had changed too much in what is reverted',
    '40001651 format/158952 agent-edit/528664 commit-all/11759 agent-edit/71687 commit-all/51016 person-edit/948961 commit-all/841913 person-renames/347995 revert/425459',
  ],
  [
    'a blank line that an agent took out, when the next line stands below another one',
    '120001786 person-edit/253378 agent-twice/661073 amend-message/69859',
  ],
  [
    'a line without weight that was taken to another file from beside an agent’s, which only numbers tell apart',
    '160002015 agent-edit/123361 agent-edit/895282 person-moves-across/18552',
  ],
  [
    'an amended revert, of which blame takes a bracket for one that the agent’s commit has',
    '240000012 person-renames/218942 agent-person-after/974642 format/182339 agent-edit/651058 rebase/200035 revert/527867 amend/265832',
  ],
  [
    'a bracket of a block that the agent’s text has no more, for one that was there before',
    '320001954 agent-edit/332095 branch/439468 person-renames/621162 cherry-pick/773820 agent-edit/891918 format/846417',
  ],
  ['a call in flight whose step explains nothing but a bracket', '360001997 agent-person-before/915164'],
  [
    'lines taken to above a bracket in another file, while their own bracket stays and the agent goes on',
    '520000703 agent-edit/769100 person-creates/15182 person-moves-across/778769 agent-edit/81998',
  ],
  [
    'the same, where the agent takes the bracket out that stayed',
    '640000326 agent-edit/881571 format/222440 person-moves-across/576843 agent-edit/225591',
  ],
];

describe('random work of a person, agents and git', () => {
  it('is attributed as an independent model says', async function () {
    this.timeout(600_000);
    const tally = await fuzzGit({ seed: 1, sequences: 25 });
    const { sequences, commits, aiLines, aiFound, mixedLines, humanLines, diverged, stale } = tally;
    console.log(
      `      ${sequences} sequences, ${commits} commits: ${aiFound} of ${aiLines} AI lines found, ` +
        `${humanLines} human, ${mixedLines} mixed, 0 wrong`,
    );
    assert.equal(tally.wrong, 0);
    assert.equal(stale, 0);
    assert.ok(diverged <= 2);
    assert.ok(aiFound >= 0.98 * aiLines);
  });
  for (const [about, program] of ONCE_WRONG)
    it(about, async function () {
      this.timeout(60_000);
      const { wrong, trace } = await replayGit(program);
      assert.equal(wrong, null, trace.join('\n'));
    });
});
