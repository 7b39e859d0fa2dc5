import { useEffect, useRef, useState } from 'preact/hooks'

/** Returns true from the first change of a value on, so that a cell can highlight what has changed before the reader's eyes. */
export function useChanged(value: unknown): boolean {
  const first = useRef(value)
  const [hasChanged, setChanged] = useState(false)
  useEffect(() => {
    if (value !== first.current) setChanged(true)
  }, [value])
  return hasChanged
}
