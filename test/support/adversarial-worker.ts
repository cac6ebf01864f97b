import { parentPort } from 'node:worker_threads';
import { damagedPolicies, patternFailure, patternTrials, policyOutcome } from './adversarial';

// Says one thing after the other, so that whoever waits knows which one it hangs at.
const say = (what: string): void => parentPort?.postMessage(what);

for (const trial of patternTrials()) {
  say(`pattern ${trial.pattern.slice(0, 80)}`);
  const failure = patternFailure(trial);
  if (failure !== null) say(`wrong ${failure}`);
}
for (const [number, text] of damagedPolicies(1, 1200).entries()) {
  say(`policy ${number}`);
  const outcome = policyOutcome(text);
  say(outcome === 'harmless' || outcome === 'found' ? outcome : `wrong policy ${number}: ${outcome}`);
}
