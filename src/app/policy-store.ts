import * as fs from 'node:fs';
import * as path from 'node:path';
import { POLICY_FILE, type Rules } from '../core/policy';
import type { Repository } from '../git/repository';
import { isInstalled, replaceFile, stateFiles } from '../git/state-files';
import type { KnownPolicy, PolicyStore } from './policy';

/** Goes up when the shape of what is stored, or how a policy is read, changes. */
const SHAPE = 2;
const LARGEST = 16 * 1024 * 1024;

/**
 * The policy that was read last, beside the journal. Only we write there; a file that cannot be used is read past, and
 * so is every failure: the policy is in git.
 */
export function policyStore(commonDir: string): PolicyStore {
  const file = stateFiles(commonDir).policy;
  return {
    load(): KnownPolicy | null {
      try {
        const stat = fs.lstatSync(file);
        if (!stat.isFile() || stat.size > LARGEST) return null;
        return fromStored(JSON.parse(fs.readFileSync(file, 'utf8')) as Stored);
      } catch {
        return null;
      }
    },
    save(known: KnownPolicy): void {
      if (!isInstalled(commonDir)) return;
      try {
        replaceFile(file, Buffer.from(JSON.stringify(toStored(known))), 0o600);
      } catch {
        // The next commit reads the policy from git again.
      }
    },
  };
}

/**
 * A policy of HEAD is in the working tree too, or was seen here before it was taken out there; where neither is so, no
 * process is started to look for one.
 */
export function mayHavePolicy({ worktree, gitDir, commonDir }: Repository): boolean {
  const root = worktree ?? path.dirname(gitDir);
  return fs.existsSync(path.join(root, POLICY_FILE)) || fs.existsSync(stateFiles(commonDir).policy);
}

/** JSON has no maps: the tiers of a policy are the only one. What walks over every value while parsing is slow. */
interface Stored {
  readonly shape: number;
  readonly known: KnownPolicy;
  readonly tiers: readonly (readonly [number, Rules])[];
}

function toStored(known: KnownPolicy): Stored {
  const { read } = known;
  return { shape: SHAPE, known, tiers: read.kind === 'policy' ? [...read.policy.tiers] : [] };
}

function fromStored({ shape, known, tiers }: Stored): KnownPolicy | null {
  if (shape !== SHAPE) return null;
  const { read } = known;
  if (read.kind !== 'policy') return known;
  return { ...known, read: { ...read, policy: { ...read.policy, tiers: new Map(tiers) } } };
}
