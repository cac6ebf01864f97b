// `npm start -- --terminal`: the main job before the reader's eyes, in the terminal. After the agent's session a commit is
// made, shown and checked.
import { createHash } from 'node:crypto';
import {
  cli,
  git,
  heading,
  hunkmark,
  install,
  makeSample,
  PERSONS_LINES,
  playSession,
  Problem,
  readCapture,
  say,
} from './sample.mjs';

export function demonstrate() {
  const sample = makeSample();
  install(sample);
  playSession(sample, readCapture('multiedit'));
  commit(sample);
  look(sample);
  verify(sample);
  farewell(sample);
}

function commit(sample) {
  heading('hunkmark status');
  say(hunkmark(sample, 'status'));
  git(sample, 'add', '--all');
  git(sample, 'commit', '--quiet', '-m', 'feat: add numbers, and say it louder');
  heading('git commit, and the message it made');
  const message = git(sample, 'log', '-1', '--format=%B');
  say(message);
  if (!/^AI-Provenance: v1 /m.test(message)) throw new Problem('the commit has no AI-Provenance trailer.');
  if (!/^Assisted-by: claude-code/m.test(message)) throw new Problem('the commit does not name the agent.');
}

function look(sample) {
  heading('hunkmark show');
  say(hunkmark(sample, 'show'));
  heading('hunkmark blame src/app.js');
  say(hunkmark(sample, 'blame', 'src/app.js'));
}

/** What the reader has seen is right: by the two reports as JSON, and by git and a checksum alone. */
function verify(sample) {
  heading('Checked');
  const { ranges } = JSON.parse(hunkmark(sample, '--json', 'show'));
  if (ranges.length === 0 || ranges.some(({ verdict }) => verdict !== 'exact'))
    throw new Problem('not every range of the commit verifies.');
  say(`All ${ranges.length} ranges name lines that this commit really adds or deletes.`);
  const { lines } = JSON.parse(hunkmark(sample, '--json', 'blame', 'src/app.js'));
  const texts = git(sample, 'show', 'HEAD:src/app.js').split('\n');
  const classOf = (text) => lines.find(({ line }) => texts[line - 1] === text)?.class;
  if (classOf('  return Number(a) + Number(b);') !== 'ai')
    throw new Problem('the line that the agent wrote is not called ai.');
  for (const text of PERSONS_LINES.slice(0, 2))
    if (classOf(text) !== 'unknown')
      throw new Problem(`the line that the person wrote is called ${classOf(text)}.`);
  say(
    "The agent's line is ai; the person's are unknown, because nobody saw who typed them: no evidence is never human.",
  );
  const { path, start, count, digest } = ranges.find(({ side }) => side === '+');
  const blob = git(sample, 'cat-file', 'blob', `HEAD:${path}`).split(/(?<=\n)/);
  const found = createHash('sha256')
    .update(blob.slice(start - 1, start - 1 + count).join(''))
    .digest('hex')
    .slice(0, digest.length);
  if (found !== digest) throw new Problem(`git and SHA-256 say ${found} where the message says ${digest}.`);
  say(`Without Hunkmark, this prints ${digest}, as the message says:`);
  say(
    `git cat-file blob HEAD:${path} | sed -n '${start},${start + count - 1}p' | sha256sum | cut -c1-${digest.length}`,
  );
}

function farewell({ repo }) {
  heading('The sample is still there');
  say(`cd ${repo}`);
  say(`node ${cli} show`);
  say(`node ${cli} blame src/util.js`);
  say('git commit --amend --no-edit     keeps the trailers true');
  say(`node ${cli} uninstall`);
  say('Remove the folder whenever you like: all that this made is in it.');
}
