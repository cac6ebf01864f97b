import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Finished, ScratchRepo } from '../support/scratch-repo';

/** The commit that HEAD names, or ''. Read as files, for it is asked after every operation. */
export function headOf(repo: ScratchRepo): string {
  const [, ref] = /^ref: (.+)$/m.exec(repo.read('.git/HEAD')) ?? [];
  if (ref === undefined) return repo.read('.git/HEAD').trim();
  if (existsSync(join(repo.dir, '.git', ref))) return repo.read(`.git/${ref}`).trim();
  return repo.gitTry('rev-parse', '-q', '--verify', 'HEAD').stdout.trim();
}

export function parentsOf(repo: ScratchRepo, oid: string): string[] {
  return asked(repo, 'rev-list', '--parents', '-n', '1', oid).stdout.trim().split(' ').slice(1);
}

/** What git once said of committed things, which it will say again. */
const answers = new WeakMap<ScratchRepo, Map<string, Finished>>();

/** Asks git about things named by a commit's id, once. */
export function asked(repo: ScratchRepo, ...words: string[]): Finished {
  const known = answers.get(repo) ?? new Map<string, Finished>();
  answers.set(repo, known);
  const question = words.join('\n');
  const answer = known.get(question) ?? repo.gitTry(...words);
  known.set(question, answer);
  return answer;
}

/** A file of a commit. Throws where there is none. */
export function shown(repo: ScratchRepo, oid: string, path: string): string {
  const { status, stdout, stderr } = asked(repo, 'show', `${oid}:${path}`);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
