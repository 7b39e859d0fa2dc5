import { Worker } from 'node:worker_threads'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { TaskName, ReducerTasks } from './reducer-tasks.ts'

/** A task failed or crashed the thread. */
export class ReducerError extends Error {
  override readonly name = 'ReducerError'
}

/** Types of the `crds` tasks of a run. An empty list ends the run. */
export interface RunTypes {
  run: number
  types: ResourceType[]
}

export interface ReducerThread {
  readonly hasExited: boolean
  /** Must not be called while a task runs. */
  run<K extends TaskName>(
    kind: K,
    input: ReducerTasks[K]['input'],
  ): Promise<ReducerTasks[K]['output']>
  sendRun(run: RunTypes): void
  close(): Promise<void>
}

/** A message from the thread. */
export type TaskResult = { output: unknown } | { fault: string }

/** Heap limit. A parsed page of CRDs has about 50 MB. A larger body crashes the thread, not the process. */
const MAX_HEAP_MB = 768
/** Limit for the young generation, which otherwise grows by 100 MB while pages are parsed. */
const MAX_YOUNG_MB = 24
/** The largest page takes half a second. Only malicious input takes longer than this. */
const TASK_TIMEOUT_MS = 60_000

export function startReducerThread(): ReducerThread {
  const worker = new Worker(new URL('./reducer-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: MAX_YOUNG_MB },
    name: 'capstan-reducer',
  })
  let settle: ((result: TaskResult) => void) | undefined
  let hasExited = false
  const finish = (result: TaskResult): void => {
    settle?.(result)
    settle = undefined
  }
  const fail = (fault: string) => (): void => {
    hasExited = true
    finish({ fault })
  }
  worker.on('message', finish)
  worker.on('error', fail('it took too much memory'))
  worker.on('exit', fail('the reducer was closed'))
  worker.unref()
  return {
    get hasExited() {
      return hasExited
    },
    run: async <K extends TaskName>(kind: K, input: ReducerTasks[K]['input']) => {
      const timer = setTimeout(() => {
        fail('it took too long')()
        void worker.terminate()
      }, TASK_TIMEOUT_MS)
      // The thread keeps the process alive only during a task.
      worker.ref()
      try {
        const result = await new Promise<TaskResult>((resolve) => {
          settle = resolve
          worker.postMessage({ kind, input }, 'body' in input ? listTransferable(input.body) : [])
        })
        if ('fault' in result) throw new ReducerError(result.fault)
        // oxlint-disable-next-line typescript/consistent-type-assertions -- the thread returns the output type of the task
        return result.output as ReducerTasks[K]['output']
      } finally {
        clearTimeout(timer)
        worker.unref()
      }
    },
    sendRun: (run) => worker.postMessage({ run }),
    close: async () => {
      fail('the reducer was closed')()
      await worker.terminate()
    },
  }
}

/** A buffer can be transferred if the array is its only view. */
function listTransferable({ buffer, byteLength }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}
