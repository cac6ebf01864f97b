import * as fs from 'node:fs';
import type { Rules } from '../core/policy';
import { isInstalled, replaceFile, stateFiles } from '../git/state-files';
import type { KnownPolicy, PolicyStore } from './policy';

/** Goes up when the shape of what is stored, or how a policy is read, changes. */
const SHAPE = 1;
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
        const stored = JSON.parse(fs.readFileSync(file, 'utf8'), revive) as Stored;
        return stored.shape === SHAPE ? stored.known : null;
      } catch {
        return null;
      }
    },
    save(known: KnownPolicy): void {
      if (!isInstalled(commonDir)) return;
      try {
        const stored: Stored = { shape: SHAPE, known };
        replaceFile(file, Buffer.from(JSON.stringify(stored, replace)), 0o600);
      } catch {
        // The next commit reads the policy from git again.
      }
    },
  };
}

interface Stored {
  readonly shape: number;
  readonly known: KnownPolicy;
}

/** JSON has no maps: the tiers of a policy are the only one. */
function replace(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...(value as ReadonlyMap<number, Rules>)] : value;
}

function revive(key: string, value: unknown): unknown {
  return key === 'tiers' && Array.isArray(value)
    ? new Map(value as readonly (readonly [number, Rules])[])
    : value;
}
