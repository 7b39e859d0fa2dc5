import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { startReducerThread, type ReducerThread } from './start-reducer-thread.ts'
import type { TaskName, ReducerTasks } from './reducer-tasks.ts'

/** Runs CPU-heavy work in a thread, so that the event loop stays responsive. */
export interface Reducer {
  /**
   * Runs tasks one by one. Throws ReducerError when the task fails; its message contains no cluster text. The buffer of a body
   * is transferred to the thread and is empty afterwards.
   */
  run<K extends TaskName>(
    kind: K,
    input: ReducerTasks[K]['input'],
    signal: AbortSignal,
  ): Promise<ReducerTasks[K]['output']>
  /** Starts the thread before the first task. Its start takes a third of a second of CPU time. */
  warmUp(): void
  /** Sends the types of later `crds` tasks to the thread once. `end` discards them. */
  startRun(types: ResourceType[]): { run: number; end(): void }
  close(): Promise<void>
}

/** An idle thread uses about 80 MB, and is stopped after this time. */
const IDLE_TIMEOUT_MS = 5 * 60_000

/** A reducer whose thread starts with the first task, starts again after a crash, and stops when idle. */
export function createReducer(): Reducer {
  const runTypes = new Map<number, ResourceType[]>()
  let thread: ReducerThread | undefined
  let last: Promise<unknown> = Promise.resolve()
  let runs = 0
  let idle: NodeJS.Timeout | undefined
  const getThread = (): ReducerThread => {
    if (thread && !thread.hasExited) return thread
    thread = startReducerThread()
    for (const [run, types] of runTypes) thread.sendRun({ run, types })
    return thread
  }
  const startIdleTimer = (): void => {
    clearTimeout(idle)
    idle = setTimeout(() => void thread?.close(), IDLE_TIMEOUT_MS).unref()
  }
  return {
    // Tasks are queued here and not in the thread: a crash loses only the running task.
    run: (kind, input, signal) => {
      const task = last.then(async () => {
        signal.throwIfAborted()
        clearTimeout(idle)
        return getThread().run(kind, input)
      })
      last = task.catch(() => undefined).then(startIdleTimer)
      return task
    },
    warmUp: () => {
      getThread()
      startIdleTimer()
    },
    startRun: (types) => {
      const run = runs++
      runTypes.set(run, types)
      if (thread && !thread.hasExited) thread.sendRun({ run, types })
      return {
        run,
        end: () => {
          runTypes.delete(run)
          if (thread && !thread.hasExited) thread.sendRun({ run, types: [] })
        },
      }
    },
    close: async () => {
      clearTimeout(idle)
      await thread?.close()
      thread = undefined
    },
  }
}
