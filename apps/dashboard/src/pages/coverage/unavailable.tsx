import type { Coverage } from './read-coverage.ts'

interface UnavailableProps {
  coverage: Coverage
  onRetry: () => void
}

/** API groups that did not answer, so that their types are unknown. */
export function Unavailable({ coverage: { unavailable, warnings }, onRetry }: UnavailableProps) {
  if (unavailable.length === 0 && warnings.length === 0) return null
  return (
    <div class="notice warn">
      {unavailable.length > 0 && (
        <>
          <strong>
            {unavailable.length === 1
              ? 'One API group did not answer'
              : `${unavailable.length} API groups did not answer`}
          </strong>
          <span>Their types are unknown, not removed.</span>
        </>
      )}
      {unavailable.map(({ group, reason }) => (
        <span key={group}>
          <code>{group}</code> {reason}
        </span>
      ))}
      {warnings.map((warning) => (
        <span key={warning}>{warning}</span>
      ))}
      <div class="row">
        <button type="button" class="button small" onClick={onRetry}>
          Ask again
        </button>
      </div>
    </div>
  )
}
