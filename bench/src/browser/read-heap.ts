import type { BrowserTab } from './browser-tab.ts'

/** Collects garbage, and returns the JavaScript heap that the tab uses, in MiB. */
export async function readHeapMib(tab: BrowserTab): Promise<number> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize / 2 ** 20
}
