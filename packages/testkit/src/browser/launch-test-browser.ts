import { chromium, type Page } from 'playwright-core'

export interface TestBrowser extends AsyncDisposable {
  page: Page
  /** Opens another tab with the same cookies. */
  newTab(): Promise<Page>
  /**
   * Faults of all tabs: console errors, violations of the page's policy, script errors, requests to other origins, and
   * pages and files that do not exist. Answers of the REST API with an error are not among them.
   */
  faults: string[]
}

export interface TestBrowserOptions {
  width?: number
  height?: number
  theme?: 'light' | 'dark'
  /** False: pages run no scripts. */
  javaScript?: boolean
}

/** Only a guard against hanging, like the timeout in vitest.config.ts. */
const TIMEOUT_MS = 300_000

/** Starts a browser with one empty page that may request only `origins`. */
export async function launchTestBrowser(
  executablePath: string,
  origins: string | string[],
  { width = 1440, height = 800, theme = 'light', javaScript = true }: TestBrowserOptions = {},
): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath })
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    acceptDownloads: true,
    javaScriptEnabled: javaScript,
  })
  const faults: string[] = []
  const newTab = async (): Promise<Page> => {
    const page = await context.newPage()
    page.setDefaultTimeout(TIMEOUT_MS)
    watchPage(page, [origins].flat(), faults)
    return page
  }
  return {
    page: await newTab(),
    newTab,
    faults,
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

function watchPage(page: Page, origins: string[], faults: string[]): void {
  page.on('console', (message) => {
    const text = message.text()
    // Every answer with an error status, also of the REST API. Files are checked below.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource'))
      faults.push(`console: ${text}`)
  })
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`))
  page.on('request', (request) => {
    const url = request.url()
    const isOwn = origins.includes(new URL(url).origin) || /^(data|blob):/.test(url)
    if (!isOwn) faults.push(`request: ${url}`)
  })
  page.on('response', (response) => {
    const url = response.url()
    // Browsers request the icon of a host by themselves.
    const isFile = !url.includes('/api/') && !url.endsWith('/favicon.ico')
    if (isFile && response.status() === 404) faults.push(`missing: ${url}`)
  })
}
