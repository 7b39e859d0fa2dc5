/** Resolves when this tab holds its lock, which the browser takes back when the tab is closed or crashes. */
export function holdTabLock(tab: string): Promise<void> {
  return new Promise((resolve) => {
    void navigator.locks.request(nameLock(tab), () => {
      resolve()
      return new Promise<never>(() => undefined)
    })
  })
}

/** Resolves when a tab that held its lock has ended. A tab that crashes sends no message. */
export async function awaitTabEnd(tab: string): Promise<void> {
  await navigator.locks.request(nameLock(tab), () => undefined)
}

const nameLock = (tab: string): string => `capstan-tab-${tab}`
