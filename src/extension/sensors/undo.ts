import type { Sensor } from './sensor';

/** The editor says itself that a change is an undo or a redo. */
export function undo(): Sensor {
  return { name: 'undo', explain: ({ reason }) => (reason === null ? null : { kind: 'restore' }) };
}
