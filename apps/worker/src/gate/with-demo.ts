import { demoModel } from '@capstan/demo-rules/demo-model'
import { CHECKED_DEMO } from './check-account.ts'
import type { ModelGate } from './model-gate.ts'

/** Answers of the demo rules need no account and no turn. */
export function withDemo(gate: ModelGate): ModelGate {
  return {
    ask: async (asked, question, options) => {
      if (asked.provider !== 'demo') return gate.ask(asked, question, options)
      options.signal.throwIfAborted()
      options.sent('first')
      return demoModel(asked.model).ask(question, options.signal)
    },
    standIn: async (asked) => (asked.provider === 'demo' ? undefined : gate.standIn(asked)),
    leaveOut: (other, why) => gate.leaveOut(other, why),
    stateLimits: async (asked) => {
      if (asked.provider !== 'demo') await gate.stateLimits(asked)
    },
    blockedMs: async (asked) => (asked.provider === 'demo' ? 0 : gate.blockedMs(asked)),
    planPause: (asked, waitMs) => gate.planPause(asked, waitMs),
    check: async (asked, signal) =>
      asked.provider === 'demo' ? CHECKED_DEMO : gate.check(asked, signal),
  }
}
