import { useEffect, useRef } from 'preact/hooks'
import { pageShortcuts, type Shortcut } from './shortcuts.ts'

/** Adds keys for as long as a part of the page is shown. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const names = shortcuts.map(({ keys }) => keys).join()
  useEffect(() => {
    const own = latest.current.map((one, index) => ({
      ...one,
      run: () => latest.current[index]?.run(),
    }))
    pageShortcuts.value = [...pageShortcuts.peek(), ...own]
    return () => {
      pageShortcuts.value = pageShortcuts.peek().filter((one) => !own.includes(one))
    }
  }, [names])
}
