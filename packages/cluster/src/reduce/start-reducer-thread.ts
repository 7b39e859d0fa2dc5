import { Worker } from 'node:worker_threads'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { TaskName, ReducerTasks } from './reducer-tasks.ts'

/** A task that failed, or whose thread died of it. */
export class ReducerError extends Error {
  override readonly name = 'ReducerError'
}

/** Types that later `crds` tasks of a run are about; none ends the run. */
export interface RunTypes {
  run: number
  types: ResourceType[]
}

export interface ReducerThread {
  readonly dead: boolean
  /** One at a time. */
  run<K extends TaskName>(kind: K, ask: ReducerTasks[K]['ask']): Promise<ReducerTasks[K]['reply']>
  tell(want: RunTypes): void
  close(): Promise<void>
}

/** What the thread sends. */
export type TaskResult = { reply: unknown } | { fault: string }

/** A page of CRDs parses to some 50 MB; a body that needs more than this kills its thread, not the process. */
const HEAP_MB = 768
/** Left to itself the young generation grows by 100 MB while pages fly through it. */
const YOUNG_MB = 24
/** The largest page takes half a second. What takes this long was made to. */
const TASK_MS = 60_000

export function startReducerThread(): ReducerThread {
  const worker = new Worker(new URL('./reducer-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    name: 'capstan-reducer',
  })
  let settle: ((answer: TaskResult) => void) | undefined
  let dead = false
  const answer = (given: TaskResult): void => {
    settle?.(given)
    settle = undefined
  }
  const die = (fault: string) => (): void => {
    dead = true
    answer({ fault })
  }
  worker.on('message', answer)
  worker.on('error', die('it took too much memory'))
  worker.on('exit', die('the reducer was closed'))
  worker.unref()
  return {
    get dead() {
      return dead
    },
    run: async <K extends TaskName>(kind: K, ask: ReducerTasks[K]['ask']) => {
      const tooLong = setTimeout(() => {
        die('it took too long')()
        void worker.terminate()
      }, TASK_MS)
      // Idle, the thread must not keep the process alive; at work it must.
      worker.ref()
      try {
        const given = await new Promise<TaskResult>((resolve) => {
          settle = resolve
          worker.postMessage({ kind, ask }, 'body' in ask ? transferable(ask.body) : [])
        })
        if ('fault' in given) throw new ReducerError(given.fault)
        return given.reply as ReducerTasks[K]['reply'] // the thread answers each kind with its own reply
      } finally {
        clearTimeout(tooLong)
        worker.unref()
      }
    },
    tell: (want) => worker.postMessage({ want }),
    close: async () => {
      die('the reducer was closed')()
      await worker.terminate()
    },
  }
}

/** A buffer may move to the thread when nobody else has a view of it. */
function transferable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}
