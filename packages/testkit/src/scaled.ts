import { inject } from 'vitest'

// Beside its reader, so that the compiler finds it in a check of one package too.
declare module 'vitest' {
  export interface ProvidedContext {
    isStressRun: boolean
  }
}

/** A size of input of a file *.scaled.test.ts: `quick` in the integration project, `full` in the stress project. */
export function scaled(quick: number, full: number): number {
  return inject('isStressRun') ? full : quick
}
