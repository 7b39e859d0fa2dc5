import { expect, onTestFinished, test } from 'vitest'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { testRedis } from '@capstan/testkit/redis'
import { startBoardScene, type BoardScene } from './board-scene.ts'

interface FailedJob {
  name: string
  failedReason: string
  externalUrl: { href: string }
}

/** The failed jobs of the first page, as the board reads them. */
async function failedJobs({ url, failing }: BoardScene): Promise<FailedJob[]> {
  const query = `activeQueue=${failing}&status=failed&page=1&jobsPerPage=10`
  const answer: unknown = await (await fetch(`${url}/queues/api/queues?${query}`)).json()
  const { queues } = answer as { queues: { name: string; jobs: FailedJob[] }[] }
  return queues.find(({ name }) => name === failing)?.jobs ?? []
}

/** Reads the type whose page a job links to. */
async function readItem({ url }: BoardScene, job: FailedJob | undefined): Promise<ScanItem> {
  const { pathname, searchParams } = new URL(job?.externalUrl.href ?? '/', url)
  const scan = pathname.replace('/ui/', '/api/v1/')
  const response = await fetch(`${url}${scan}/resources/${searchParams.get('item')}`)
  return ScanItem.parse(await response.json())
}

test('in a browser the board shows failed types with reasons and why a queue is paused, without requests to other origins', async ({
  skip,
}) => {
  const { url, keys } = testRedis()
  const scene = await startBoardScene({ url, prefix: keys.prefix })
  onTestFinished(() => scene[Symbol.asyncDispose]())
  const { page, faults } = await openTestBrowser(scene.url, skip)
  const shown = (text: string | RegExp) => page.getByText(text).first().waitFor()

  await page.goto(`${scene.url}/queues`)
  for (const queue of [scene.paused, scene.failing, scene.healthy]) await shown(queue)
  await shown('gpt-6-luna (openai)')
  await shown(/^rate limited \d+s$/)

  await page.goto(`${scene.url}/queues/queue/${scene.paused}`)
  await shown(
    /Paused until .* UTC \(account openai\): OpenAI rate-limited the call \(429\): Rate limit/,
  )
  await page.getByRole('button', { name: 'Queue info' }).click()
  await page.getByRole('button', { name: 'Description' }).click()
  await shown(/Kept: the newest 10,000 completed and 20,000 failed jobs/)

  const failed = await failedJobs(scene)
  expect(failed).toHaveLength(10)
  await page.goto(`${scene.url}/queues/queue/${scene.failing}?status=failed`)
  for (const { name, failedReason } of failed) {
    await shown(name)
    await shown(failedReason)
  }

  const [job] = failed
  const { links } = await readItem(scene, job)
  await page.goto(`${scene.url}${links.board}`)
  await shown(job?.failedReason ?? 'none')
  const link = page.getByRole('link', { name: 'Type in its scan' })
  expect(await link.getAttribute('href')).toBe(links.ui)
  await page.getByRole('tab', { name: 'Logs' }).click()
  await shown(/\[1\] call of openai\/gpt-6-sol \(\d+ ms\)/)

  expect(faults).toEqual([])
})
