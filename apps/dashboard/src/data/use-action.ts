import { useState } from 'preact/hooks'

export interface Action {
  isRunning: boolean
  /** The reason why the last run failed. */
  error: unknown
  /** Runs one thing at a time; a second call while it runs does nothing. Resolves to whether it succeeded. */
  run: (work: () => Promise<unknown>) => Promise<boolean>
}

/** State of something that a button starts. */
export function useAction(): Action {
  const [state, setState] = useState<{ isRunning: boolean; error: unknown }>({
    isRunning: false,
    error: undefined,
  })
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    if (state.isRunning) return false
    setState({ isRunning: true, error: undefined })
    try {
      await work()
      setState({ isRunning: false, error: undefined })
      return true
    } catch (error) {
      setState({ isRunning: false, error })
      return false
    }
  }
  return { ...state, run }
}
