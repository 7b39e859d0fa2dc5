import { chromium, type Page } from 'playwright-core'
import { findOnPath, DEFAULT_PATH } from '@capstan/local-redis/find-on-path'

/** Names under which systems install Chromium or Chrome. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

export interface OpenBrowser extends AsyncDisposable {
  page: Page
  /** Errors on the console, refusals by the page's policy, errors of its scripts, and requests to other origins. */
  faults: string[]
}

/** The browser of this machine; undefined when none is on the path. Nothing is downloaded. */
export async function findBrowser(path = DEFAULT_PATH): Promise<string | undefined> {
  for (const name of NAMES) {
    const found = await findOnPath(name, path)
    if (found) return found
  }
  return undefined
}

/** Starts a browser with one empty page that may ask `origin` alone. */
export async function openBrowser(executablePath: string, origin: string): Promise<OpenBrowser> {
  const browser = await chromium.launch({ executablePath })
  const viewport = { width: 1440, height: 800 }
  const page = await browser.newPage({ viewport, locale: 'en-GB', timezoneId: 'UTC' })
  // Against hanging only, as in vitest.config.ts.
  page.setDefaultTimeout(120_000)
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
