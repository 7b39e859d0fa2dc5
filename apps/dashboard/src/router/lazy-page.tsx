import type { ComponentType } from 'preact'
import { useEffect, useReducer, useState } from 'preact/hooks'
import { FaultNotice } from '../parts/fault-notice.tsx'
import { Loading } from '../parts/loading.tsx'

type Page = ComponentType<Record<string, string>>

/** Loads the code of a page when it is opened for the first time, so that the first page has less to load. */
export function lazyPage(load: () => Promise<Page>): Page {
  let loaded: Page | undefined
  return function LazyPage(params: Record<string, string>) {
    const [, redraw] = useReducer((round: number) => round + 1, 0)
    const [error, setError] = useState<unknown>(undefined)
    useEffect(() => {
      if (loaded !== undefined) return
      load().then((page) => {
        loaded = page
        redraw(undefined)
      }, setError)
    }, [])
    if (loaded !== undefined) {
      const Loaded = loaded
      return <Loaded {...params} />
    }
    // A server of another version has other files.
    if (error !== undefined) return <FaultNotice error={error} onRetry={() => location.reload()} />
    return <Loading />
  }
}
