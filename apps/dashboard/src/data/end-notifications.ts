import { effect, signal } from '@preact/signals'
import { findScanSignal } from './store.ts'

const asked = signal<ReadonlySet<string>>(new Set())

/** Ids of the scans whose end this tab will report. While there are any, the page stays connected in the background. */
export const notifiedScans: Pick<typeof asked, 'value' | 'peek'> = asked

/** Whether this browser can show notifications. Only secure pages may. */
export const canNotify = 'Notification' in globalThis && globalThis.isSecureContext

/** Asks for permission once, then reports the end of the scan. Resolves to false when the person or the browser refuses. */
export async function notifyAtEnd(scanId: string): Promise<boolean> {
  if (!canNotify || (await Notification.requestPermission()) !== 'granted') return false
  asked.value = new Set([...asked.peek(), scanId])
  return true
}

export function cancelNotification(scanId: string): void {
  asked.value = new Set([...asked.peek()].filter((one) => one !== scanId))
}

/** Shows one notification for each scan that has ended since it was asked for. */
export function installEndNotifications(): void {
  effect(() => {
    for (const id of asked.value) {
      const scan = findScanSignal(id)?.value
      if (scan === undefined || !scan.done) continue
      cancelNotification(id)
      const { progress, cluster, status } = scan
      const body = `${progress.succeeded} succeeded, ${progress.failed} failed`
      const shown = new Notification(`Scan of ${cluster}: ${status}`, { body, tag: id })
      shown.addEventListener('click', () => focus())
    }
  })
}
