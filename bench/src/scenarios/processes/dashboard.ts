import { setTimeout as wait } from 'node:timers/promises'
import { findBrowser, NO_BROWSER } from '@capstan/testkit/browser/find-browser'
import { launchTestBrowser } from '@capstan/testkit/browser/launch-test-browser'
import { until } from '@capstan/testkit/until'
import type { BrowserTab } from '../../browser/browser-tab.ts'
import { readHeapMib } from '../../browser/read-heap.ts'
import { scrollRows } from '../../browser/scroll-rows.ts'
import { timeFirstContent } from '../../browser/time-first-content.ts'
import { traceTasks } from '../../browser/trace-tasks.ts'
import { computeMedian } from '../../measures/median.ts'
import { readBenchScan, startBenchScan } from '../../stack/bench-scan.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'
import { startBenchStack } from '../../stack/start-bench-stack.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { renderDashboardPage, type DashboardRun } from './dashboard-page.ts'

const TYPES = 5_000
/** 5,000 calls of about 0.8 s in 40 slots take more than the minute after which the heap must not grow. */
const SLOTS = 40
const LATENCY = { kind: 'uniform', minMs: 600, maxMs: 1_000 } as const
const FIRST_MINUTE_MS = 60_000
const LOADS = 5

export const dashboard: Scenario = {
  name: 'dashboard',
  summary:
    'a browser that shows a scan of 5,000 types: tasks, heap, first content, scrolling; 3 min a seed',
  seeds: 1,
  run: async (lab, seeds) => {
    const runs: DashboardRun[] = []
    for (const seed of seeds) {
      const run = await runOnce(lab, seed)
      const { firstContentMs, tasks, scroll, heapAfterMinuteMib, heapAtEndMib } = run
      lab.record({
        seed,
        firstContentMs: computeMedian(firstContentMs),
        ...tasks,
        heapAfterMinuteMib,
        heapAtEndMib,
        blank: scroll.blank,
      })
      runs.push(run)
    }
    return renderDashboardPage(runs, TYPES)
  },
}

async function runOnce(lab: Lab, seed: number): Promise<DashboardRun> {
  const executable = await findBrowser()
  if (executable === undefined) throw new Error(NO_BROWSER)
  return runWithCrds(TYPES, async (cluster) => {
    await using stack = await startBenchStack({
      redisUrl: lab.redisUrl,
      cluster,
      provider: { seed, latency: LATENCY },
      workers: 2,
      concurrency: SLOTS,
    })
    await using browser = await launchTestBrowser(executable, stack.apiUrl)
    return await measure(lab, stack.apiUrl, browser.page)
  })
}

async function measure(lab: Lab, url: string, tab: BrowserTab): Promise<DashboardRun> {
  // The files may still be built.
  await tab.goto(`${url}/ui/scans`)
  await tab.getByRole('link', { name: 'Capstan' }).waitFor()
  const firstContentMs: number[] = []
  for (let load = 0; load < LOADS; load++)
    firstContentMs.push(await timeFirstContent(tab, `${url}/ui/scans`))
  lab.log(`first content: ${firstContentMs.map(Math.round).join(', ')} ms`)

  const { id } = await startBenchScan(url, {}, lab.signal)
  const endTrace = await traceTasks(tab)
  await tab.goto(`${url}/ui/scans/${id}`)
  await wait(FIRST_MINUTE_MS, undefined, { signal: lab.signal })
  const firstTasks = await endTrace()
  const heapAfterMinuteMib = await readHeapMib(tab)
  const endSecondTrace = await traceTasks(tab)
  await until('the end of the scan', async () => {
    const { done, progress } = await readBenchScan(url, id, lab.signal, 'wait=30')
    lab.log(`${progress.finished} of ${progress.total}`)
    return done ? true : undefined
  })
  await tab.getByRole('heading', { level: 1, name: 'succeeded' }).waitFor()
  const tasks = [...firstTasks, ...(await endSecondTrace())]
  const heapAtEndMib = await readHeapMib(tab)

  const endScrollTrace = await traceTasks(tab)
  const scroll = await scrollRows(tab)
  const scrollTasks = await endScrollTrace()
  return {
    firstContentMs,
    tasks: summarize(tasks),
    heapAfterMinuteMib,
    heapAtEndMib,
    scroll,
    scrollTasks: summarize(scrollTasks),
  }
}

function summarize(tasks: { wallMs: number; cpuMs: number }[]): DashboardRun['tasks'] {
  const most = (values: number[]): number => values.reduce((a, b) => Math.max(a, b), 0)
  const longest = tasks.toSorted((a, b) => b.wallMs - a.wallMs)[0]
  return {
    count: tasks.length,
    long: tasks.filter(({ wallMs }) => wallMs > 50).length,
    longCpu: tasks.filter(({ cpuMs }) => cpuMs > 50).length,
    longestMs: longest?.wallMs ?? 0,
    longestOwnCpuMs: longest?.cpuMs ?? 0,
    longestCpuMs: most(tasks.map(({ cpuMs }) => cpuMs)),
  }
}
