import { useEffect, useRef, useState } from 'preact/hooks'

interface SearchFieldProps {
  label: string
  value: string
  onChange: (text: string) => void
}

/** A pause while typing that ends a word. */
const PAUSE_MS = 200

/** Reports the text after a short pause in typing. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const latest = useRef(onChange)
  latest.current = onChange
  const reported = useRef(value)
  useEffect(() => {
    // A value that was reported from here may be older than the text.
    if (value !== reported.current) setText(value)
    reported.current = value
  }, [value])
  useEffect(() => {
    if (text === reported.current) return
    const timer = setTimeout(() => {
      reported.current = text
      latest.current(text)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={`${label}…`}
      value={text}
      onInput={({ currentTarget }) => setText(currentTarget.value)}
    />
  )
}
