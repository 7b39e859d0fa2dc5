import { useCallback, useEffect, useState } from 'preact/hooks'

export interface RequestState<T> {
  /** The last answer. It stays while a newer one is read, so that nothing flickers. */
  data: T | undefined
  error: unknown
  isLoading: boolean
  reload: () => void
}

/** Reads something again whenever `key` changes. An answer that arrives too late is dropped. */
export function useRequest<T>(
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
): RequestState<T> {
  const [state, setState] = useState<Omit<RequestState<T>, 'reload'>>({
    data: undefined,
    error: undefined,
    isLoading: true,
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const ended = new AbortController()
    setState(({ data }) => ({ data, error: undefined, isLoading: true }))
    read(ended.signal).then(
      (data) => !ended.signal.aborted && setState({ data, error: undefined, isLoading: false }),
      (error: unknown) =>
        !ended.signal.aborted && setState(({ data }) => ({ data, error, isLoading: false })),
    )
    return () => ended.abort()
  }, [key, round])
  return { ...state, reload: useCallback(() => setRound((last) => last + 1), []) }
}
