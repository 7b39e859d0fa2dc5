// Takes the screenshots of the dashboard in README.md: a scan with failures in the light theme, and a search in the dark
// one. Starts an API, a worker and simulators, and opens the pages in the local Chromium or Chrome.
import { fileURLToPath } from 'node:url'
import { findBrowser, NO_BROWSER } from '@capstan/testkit/browser/find-browser'
import { launchTestBrowser } from '@capstan/testkit/browser/launch-test-browser'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { startBoardScene } from '../test/board-scene.ts'

const IMAGES = new URL('../docs/images/', import.meta.url)
const SIZE = { width: 1280, height: 720 }

const executable = await findBrowser(process.env['PATH'])
if (executable === undefined) {
  console.error(`There is ${NO_BROWSER}. Install one of them.`)
  process.exit(1)
}
await using stack = new AsyncDisposableStack()
const redis = stack.adopt(await startOwnRedis(), (running) => running.stop())
const scene = stack.use(await startBoardScene({ url: redis.url, prefix: '{pictures}' }))
const { page, ...browser } = await launchTestBrowser(executable, scene.url, SIZE)
stack.use(browser)

await take('dashboard-scan', 'light', `scans/${scene.scans.failing}`, '.failure')
await take('dashboard-catalog', 'dark', 'catalog?q=postgres+with+backups', '.entry')

async function take(
  name: string,
  colorScheme: 'light' | 'dark',
  path: string,
  has: string,
): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.goto(`${scene.url}/ui/${path}`)
  await page.locator(has).first().waitFor()
  await page.locator('.skeleton').first().waitFor({ state: 'detached' })
  const file = fileURLToPath(new URL(`${name}.png`, IMAGES))
  await page.screenshot({ path: file, animations: 'disabled' })
  console.log(file)
}
