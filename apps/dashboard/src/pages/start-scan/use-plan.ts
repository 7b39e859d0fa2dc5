import { useEffect, useState } from 'preact/hooks'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { api, type ScanInput } from '../../data/api.ts'

export interface PlanState {
  /** The last plan. It stays while a newer one is made. */
  plan: ScanPlan | undefined
  error: unknown
  /** The plan belongs to an earlier input. */
  isLoading: boolean
}

/** A pause while typing that ends a word. */
const PAUSE_MS = 350

/** Plans the scan with each change of the input. A change aborts the plan before it. */
export function usePlan(input: ScanInput): PlanState {
  const [state, setState] = useState<PlanState>({
    plan: undefined,
    error: undefined,
    isLoading: true,
  })
  const key = JSON.stringify(input)
  useEffect(() => {
    const ended = new AbortController()
    setState((last) => ({ ...last, isLoading: true }))
    const timer = setTimeout(() => {
      api.planScan(input, ended.signal).then(
        (plan) => !ended.signal.aborted && setState({ plan, error: undefined, isLoading: false }),
        (error: unknown) =>
          !ended.signal.aborted && setState({ plan: undefined, error, isLoading: false }),
      )
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [key])
  return state
}
