import { CopyButton } from './copy-button.tsx'

interface CopyAsProps {
  /** The same as a request, for a shell. */
  curl: string
  /** The same as a command of the CLI. */
  cli?: string | undefined
}

/** What a page does, as commands to copy. */
export function CopyAs({ curl, cli }: CopyAsProps) {
  return (
    <div class="row">
      <span class="muted">Copy as</span>
      <CopyButton text={curl} label="curl" hasText />
      {cli !== undefined && <CopyButton text={cli} label="CLI" hasText />}
    </div>
  )
}
