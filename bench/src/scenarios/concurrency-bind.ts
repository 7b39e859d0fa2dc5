import { casesPage, COMPLETE, EFFICIENT, NOT_AMPLIFIED } from '../cases/cases-page.ts'
import type { Case } from '../cases/case.ts'
import { playCases } from '../cases/play-cases.ts'
import type { Scenario } from '../scenario.ts'

const SLOTS = 20
const TYPES = 200

const CASES: Case[] = [1, 4].map((workers) => ({
  name: `${SLOTS} slots of ${workers} worker${workers === 1 ? '' : 's'}`,
  types: TYPES,
  workers,
  slots: SLOTS,
  provider: { latency: { kind: 'uniform', minMs: 4_000, maxMs: 6_000 } },
  settings: () => ({ ANTHROPIC_LIMITS: `concurrency=${SLOTS}` }),
}))

/** The slots bind: how much of them is used. */
export const concurrencyBind: Scenario = {
  name: 'concurrency-bind',
  summary: '200 types on 20 slots at 4-6 s a call, 1 and 4 workers; 110 s a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    casesPage(await playCases(lab, CASES, seeds), {
      name: 'concurrency-bind',
      title: 'Slots that bind',
      method: `${TYPES} made-up types, 4 to 6 s a call, no limits, ${SLOTS} slots: ten rounds of calls, so that the last one, in which slots run empty, weighs a tenth.`,
      goals: [EFFICIENT, NOT_AMPLIFIED, COMPLETE],
      remarks: [
        'In the last round a slot that is done waits for the slowest call. No engine that does not know latencies beforehand can help that.',
      ],
    }),
}
