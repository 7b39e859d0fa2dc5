import { setTimeout as sleep } from 'node:timers/promises'
import { Scan } from '@capstan/shared/contract/scan/scan'
import type { ToolContext } from './tool-context.ts'

/** Between two progress notifications. A scan may finish hundreds of types a second. */
const INTERVAL_MS = 500

/** Waits until the scan has ended, the time is over or the caller has left. Reports each change of its progress. */
export async function followScanProgress(
  { rest, signal, reportProgress }: ToolContext,
  scanId: string,
  withinMs: number,
): Promise<Scan> {
  const until = Date.now() + withinMs
  const path = `/scans/${scanId}`
  let response = await rest.send({ method: 'GET', path })
  let scan = Scan.parse(JSON.parse(response.text))
  let reported = -1
  while (true) {
    if (scan.progress.finished > reported) {
      reported = scan.progress.finished
      await reportProgress?.(toProgress(scan))
    }
    const leftSeconds = Math.floor((until - Date.now()) / 1_000)
    if (scan.done || signal.aborted || leftSeconds < 1) return scan
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined)
    response = await rest.send({
      method: 'GET',
      path,
      headers: { prefer: `wait=${leftSeconds}`, 'if-none-match': response.etag },
    })
    if (response.status === 200) scan = Scan.parse(JSON.parse(response.text))
  }
}

function toProgress({ progress, status }: Scan) {
  const { finished, total, failed } = progress
  const of = total === null ? '' : ` of ${total}`
  const message = `${status}: ${finished}${of} types, ${failed} failed`
  return { progress: finished, total: total ?? undefined, message }
}
