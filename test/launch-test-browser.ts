import { chromium, type Page } from 'playwright-core'
import { findOnPath, DEFAULT_PATH } from '@capstan/local-redis/find-on-path'

/** Names under which systems install Chromium or Chrome. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

export interface TestBrowser extends AsyncDisposable {
  page: Page
  /** Console errors, violations of the page's policy, script errors, and requests to other origins. */
  faults: string[]
}

/** Finds the browser of this machine; undefined when none is on the path. Downloads nothing. */
export async function findBrowser(path = DEFAULT_PATH): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await findOnPath(name, path)
    if (found) return found
  }
  return undefined
}

/** Starts a browser with one empty page that may request only `origin`. */
export async function launchTestBrowser(
  executablePath: string,
  origin: string,
): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath })
  const viewport = { width: 1440, height: 800 }
  const page = await browser.newPage({ viewport, locale: 'en-GB', timezoneId: 'UTC' })
  // Only a guard against hanging, like the timeout in vitest.config.ts.
  page.setDefaultTimeout(300_000)
  const faults: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('request', (request) => {
    const url = request.url()
    if (new URL(url).origin !== origin && !url.startsWith('data:')) faults.push(`request: ${url}`)
  })
  return { page, faults, [Symbol.asyncDispose]: () => browser.close() }
}
