import type { BrowserTab } from './browser-tab.ts'

/** A task of the main thread of a page. */
export interface PageTask {
  /** From its start to its end, also while other processes have the processor. */
  wallMs: number
  /** Time on the processor. */
  cpuMs: number
}

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args?: { name?: string }
}

const MICROSECONDS = 1_000

/**
 * Records all tasks of the main threads of pages with the tracing of Chromium. Returns a function that ends the recording
 * and returns the tasks.
 */
export async function traceTasks(tab: BrowserTab): Promise<() => Promise<PageTask[]>> {
  const browser = tab.context().browser()
  if (browser === null) throw new Error('the tab has no browser')
  await browser.startTracing(tab, { categories: ['toplevel', '__metadata'] })
  return async () => readTasks((await browser.stopTracing()).toString())
}

function readTasks(trace: string): PageTask[] {
  const { traceEvents } = JSON.parse(trace) as { traceEvents: TraceEvent[] }
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  return traceEvents
    .filter(({ name, ph, pid, tid }) => {
      const isTask = ph === 'X' && name.endsWith('RunTask')
      return isTask && mainThreads.has(`${pid} ${tid}`)
    })
    .map(({ dur = 0, tdur = 0 }) => ({ wallMs: dur / MICROSECONDS, cpuMs: tdur / MICROSECONDS }))
}
