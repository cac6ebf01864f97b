import type { AgentEvent } from '../core/agent-event';
import type { Asking, Stop } from './verdict';

/** How an agent's hook calls are read and answered. */
export interface Agent {
  readonly parse: (event: string, payload: unknown) => AgentEvent;
  /** The model of the event's call: from the payload, else from the agent's own files; null where neither says. */
  readonly modelOf: (event: AgentEvent) => string | null;
  readonly asking: Asking;
  /** What stops the agent, for the standard output of the hook of `event`. */
  readonly stopText: (event: string, stop: Stop) => string;
  /** What is said where the policy was asked and nothing stops the agent; without: nothing. */
  readonly goText?: string;
  /** Its model is named by events of its own (`model-chosen`), not by those of its calls. */
  readonly namesModelsApart?: true;
  /** All it sends is meant for us: what is not understood is told. Other agents' hooks send more than we follow. */
  readonly isExplicit?: true;
}
