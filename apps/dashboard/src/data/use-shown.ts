import { useRef } from 'preact/hooks'

/** Returns the newest value that is ready; the one before stays until then, so that nothing flickers. */
export function useShown<T>(value: T, isReady: boolean): T {
  const shown = useRef(value)
  if (isReady) shown.current = value
  return shown.current
}
