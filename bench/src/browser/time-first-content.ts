import type { BrowserTab } from './browser-tab.ts'

const PAINT = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null`

/** Opens a page with an empty cache. Returns the time until it shows the first text or image, in ms. */
export async function timeFirstContent(tab: BrowserTab, url: string): Promise<number> {
  const session = await tab.context().newCDPSession(tab)
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  await tab.goto(url)
  await tab.getByRole('heading', { level: 1 }).waitFor()
  const painted = await tab.waitForFunction(PAINT)
  await session.detach()
  return Number(await painted.jsonValue())
}
