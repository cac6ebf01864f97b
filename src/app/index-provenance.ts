import { diffIndex } from '../git/diff';
import { runGit } from '../git/run';
import { attribute, type Attributed } from './attribute';
import { openSources, type EvidenceHost, type Making } from './evidence';
import { onlyNewInMerge, targetsOf } from './targets';

/** The lines that the index (or GIT_INDEX_FILE) adds and deletes against the parents of a commit to be. */
export async function attributeIndex(host: EvidenceHost, making: Making): Promise<Attributed[]> {
  const trees = making.parents.length > 0 ? making.parents : [await emptyTree(host.cwd)];
  const [first = [], ...others] = await Promise.all(trees.map((tree) => diffIndex(host.cwd, tree)));
  const all = await targetsOf(first, host.objects);
  const targets = others.length === 0 ? all : onlyNewInMerge(all, others);
  return await attribute(targets, openSources(host, making, targets));
}

/** The empty tree has another name in a SHA-256 repository; git knows both without keeping them. */
async function emptyTree(cwd: string): Promise<string> {
  const answer = await runGit(cwd, ['hash-object', '-t', 'tree', '--stdin'], { input: '' });
  return answer.stdout.toString('latin1').trim();
}
