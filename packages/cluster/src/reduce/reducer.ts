import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { startReducerThread, type ReducerThread } from './start-reducer-thread.ts'
import type { TaskName, ReducerTasks } from './reducer-tasks.ts'

/** Does CPU-heavy work away from the event loop that serves progress to people. */
export interface Reducer {
  /**
   * One task after the other. Throws ReducerError when the task failed; its message holds no text of the cluster.
   * The buffer of a body moves to the thread and is empty afterwards.
   */
  run<K extends TaskName>(
    kind: K,
    ask: ReducerTasks[K]['ask'],
    signal: AbortSignal,
  ): Promise<ReducerTasks[K]['reply']>
  /** Starts the thread, which takes a third of a second of computing to load, before there is a task. */
  warmUp(): void
  /** Says once which types later `crds` tasks are about; `forget` ends that. */
  want(types: ResourceType[]): { run: number; forget(): void }
  close(): Promise<void>
}

/** An idle thread holds some 80 MB; as long as this somebody may think about what to scan. */
const IDLE_MS = 5 * 60_000

/** A thread that starts with the first task, and anew after a task that killed it; idle, it ends. */
export function createReducer(): Reducer {
  const wanted = new Map<number, ResourceType[]>()
  let thread: ReducerThread | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let runs = 0
  let idle: NodeJS.Timeout | undefined
  const living = (): ReducerThread => {
    if (thread && !thread.dead) return thread
    thread = startReducerThread()
    for (const [run, types] of wanted) thread.tell({ run, types })
    return thread
  }
  const rest = (): void => {
    clearTimeout(idle)
    idle = setTimeout(() => void thread?.close(), IDLE_MS).unref()
  }
  return {
    // Bodies wait here and not in the thread: when a task kills it, only that task is lost.
    run: (kind, ask, signal) => {
      const mine = turn.then(async () => {
        signal.throwIfAborted()
        clearTimeout(idle)
        return living().run(kind, ask)
      })
      turn = mine.catch(() => undefined).then(rest)
      return mine
    },
    warmUp: () => {
      living()
      rest()
    },
    want: (types) => {
      const run = runs++
      wanted.set(run, types)
      if (thread && !thread.dead) thread.tell({ run, types })
      return {
        run,
        forget: () => {
          wanted.delete(run)
          if (thread && !thread.dead) thread.tell({ run, types: [] })
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
