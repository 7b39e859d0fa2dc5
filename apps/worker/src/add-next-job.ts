import type { InferenceDeps } from './inference-deps.ts'
import type { Work } from './work.ts'

/** An item of a scan with a concurrency has ended: the next one gets its place in the queue. */
export async function addNextJob(
  { addNext, log }: Pick<InferenceDeps, 'addNext' | 'log'>,
  { claim: { scan } }: Pick<Work, 'claim'>,
): Promise<void> {
  if (scan.concurrency === null) return
  await addNext(scan.id).catch((error: unknown) =>
    log.warn({ err: error, scanId: scan.id }, 'the next job was not added; the reconciler adds it'),
  )
}
