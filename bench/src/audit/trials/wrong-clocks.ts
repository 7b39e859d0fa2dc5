import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { openAuditClient } from '../audit-client.ts'
import { startInstallation } from '../installation.ts'
import { createCountMeasure, type AuditTrial } from '../audit-trial.ts'

const TYPES = 150
const PER_MINUTE = 300
const SHIFT_MINUTES = 10

/** Machines with wrong clocks share the limits of a provider. */
export const wrongClocks: AuditTrial = {
  name: 'clocks that are wrong',
  method: `${TYPES} types at ${PER_MINUTE} requests a minute, 3 worker processes; the clock of one is ${SHIFT_MINUTES} minutes fast, of another ${SHIFT_MINUTES} minutes slow.`,
  run: async (lab, seed) => {
    const shifts = [0, SHIFT_MINUTES, -SHIFT_MINUTES]
    await using installation = await startInstallation({
      types: TYPES,
      apis: 1,
      workers: shifts.length,
      provider: {
        seed,
        latency: { kind: 'uniform', minMs: 500, maxMs: 1_000 },
        limits: { requestsPerMinute: PER_MINUTE },
      },
      workerEnvironment: (index) => ({
        ANTHROPIC_LIMITS: `rpm=${PER_MINUTE}`,
        NODE_OPTIONS: `${WORKER_NODE_OPTIONS} --import=${shiftOption(shifts[index] ?? 0)}`,
      }),
    })
    const client = openAuditClient(() => installation.apis[0]?.url ?? '', lab.signal)
    const begunAt = performance.now()
    const scan = await client.waitForEnd(await client.startScan(), 300_000)
    const tookS = (performance.now() - begunAt) / 1_000
    const { refusals } = installation.provider.compliance()
    const rejected = Object.values(refusals).reduce((total, count) => total + count, 0)
    return [
      createCountMeasure('types that succeeded', scan.progress.succeeded, TYPES),
      createCountMeasure('calls beyond a limit', rejected, 0),
      { what: 'time, s', value: tookS.toFixed(0) },
    ]
  },
}

function shiftOption(minutes: number): string {
  const url = new URL('../shift-clock.ts', import.meta.url)
  url.searchParams.set('minutes', String(minutes))
  return url.href
}
