import type { Problem } from '@capstan/shared/contract/problem'
import { ProblemError } from '../data/problem-error.ts'

interface FaultProps {
  error: unknown
  onRetry?: () => void
}

/** An error with its cause and what to do about it, in the words of the server. */
export function FaultNotice({ error, onRetry }: FaultProps) {
  const problem = error instanceof ProblemError ? error.problem : undefined
  return (
    <div class="notice bad" role="alert">
      <strong>{error instanceof Error ? error.message : 'An unknown error occurred'}</strong>
      {problem && <ProblemText problem={problem} />}
      {onRetry && (
        <div class="row">
          <button type="button" class="button small" onClick={onRetry}>
            Try again
          </button>
        </div>
      )}
    </div>
  )
}

function ProblemText({ problem }: { problem: Problem }) {
  const { title, detail, errors = [], hint } = problem
  return (
    <>
      {detail !== title && <span>{detail}</span>}
      {errors.map((one) => (
        <span key={one.pointer}>
          <code>{one.pointer}</code> {one.detail}
        </span>
      ))}
      {hint && <span class="muted">{hint}</span>}
    </>
  )
}
