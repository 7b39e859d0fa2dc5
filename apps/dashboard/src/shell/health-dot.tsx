import { useId } from 'preact/hooks'
import type { ServerReadiness } from '@capstan/shared/contract/server/server-readiness'
import { readiness } from '../data/readiness.ts'
import { describeHealth } from './describe-health.ts'

/** One dot for the whole server; a click lists the reasons. */
export function HealthDot() {
  const id = `health${useId()}`
  const state = readiness.value
  if (state === undefined) return null
  const { tone, word } = describeHealth(state)
  return (
    <span>
      <button type="button" class={`fact ${tone}`} popovertarget={id}>
        <span class="dot" />
        {word}
      </button>
      <div id={id} class="checks" popover="auto">
        {state === 'unreachable' ? (
          <p>The server does not answer. The page shows the last known state.</p>
        ) : (
          <Reasons state={state} />
        )}
      </div>
    </span>
  )
}

function Reasons({ state }: { state: ServerReadiness }) {
  return (
    <>
      {state.notReady.map((reason) => (
        <p key={reason} class="bad-text">
          {reason}
        </p>
      ))}
      {state.degraded.map((reason) => (
        <p key={reason} class="warn-text">
          {reason}
        </p>
      ))}
      <ul>
        {(state.checks ?? []).map(({ name, ok, detail }) => (
          <li key={name} class={ok ? 'muted' : 'bad-text'}>
            {name}: {ok ? 'ok' : (detail ?? 'failed')}
          </li>
        ))}
      </ul>
    </>
  )
}
