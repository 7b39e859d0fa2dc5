import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface CopyProps {
  text: string
  /** Shown as the text of the button; without `isBare` an icon alone stands for it. */
  label: string
  hasText?: boolean
}

const SHOWN_MS = 1_500

/** Copies a text, and confirms it for a moment. */
export function CopyButton({ text, label, hasText = false }: CopyProps) {
  const [isDone, setDone] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), SHOWN_MS)
  }
  return (
    <button
      type="button"
      class="button plain small"
      aria-label={hasText ? undefined : label}
      title={label}
      onClick={() => void copy()}
    >
      <Icon name={isDone ? 'check' : 'copy'} />
      {hasText && label}
      <span class="only-read" role="status">
        {isDone ? 'copied' : ''}
      </span>
    </button>
  )
}
