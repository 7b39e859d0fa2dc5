// Takes the screenshots of docs/bull-board.md: starts an API, a worker and simulators with one route that is
// paused for a day, one with failures and one healthy route, and opens them in the local Chromium or Chrome.
import { fileURLToPath } from 'node:url'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { findBrowser } from '@capstan/testkit/browser/find-browser'
import { launchTestBrowser } from '@capstan/testkit/browser/launch-test-browser'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { startBoardScene } from '../test/board-scene.ts'

const IMAGES = new URL('../docs/images/', import.meta.url)
const SIZE = { width: 1440, height: 620 }

const executable = await findBrowser(process.env['PATH'])
if (executable === undefined) {
  console.error('No chromium, chromium-browser or google-chrome on the PATH. Install one of them.')
  process.exit(1)
}
await using stack = new AsyncDisposableStack()
const redis = stack.adopt(await startOwnRedis(), (running) => running.stop())
const scene = stack.use(await startBoardScene({ url: redis.url, prefix: '{pictures}' }))
const { page, ...browser } = await launchTestBrowser(executable, scene.url)
stack.use(browser)
await page.setViewportSize(SIZE)

const queuePath = (queue: string): string => `/queues/queue/${queue}`
await show('/queues', 'rate limited')
await take('board-overview')
await show(queuePath(scene.paused), 'priority')
await page.getByRole('button', { name: 'Queue info' }).click()
await page.getByRole('button', { name: 'Description' }).click()
await page.getByText('ends the pause.').last().waitFor()
await take('board-paused')
await show(`${queuePath(scene.failing)}?status=failed`, 'refused:')
await take('board-failed')
await show(await retriedJobPath(), 'Logs')
await page.getByRole('tab', { name: 'Logs' }).click()
await page.getByText('next attempt in').waitFor()
await take('board-log')

/** Page of a job whose first attempt failed as well. */
async function retriedJobPath(): Promise<string> {
  const path = `/api/v1/scans/${scene.scans.failing}/resources?status=failed&limit=200`
  const { data } = (await (await fetch(scene.url + path)).json()) as { data: ScanItem[] }
  const board = data.find(({ attempt }) => attempt > 1)?.links.board
  if (!board) throw new Error('no type was retried')
  return board
}

async function show(path: string, text: string): Promise<void> {
  await page.goto(scene.url + path)
  await page.getByText(text).first().waitFor()
}

async function take(name: string): Promise<void> {
  const path = fileURLToPath(new URL(`${name}.png`, IMAGES))
  await page.screenshot({ path, animations: 'disabled' })
  console.log(path)
}
