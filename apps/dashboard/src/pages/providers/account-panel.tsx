import type { AccountView } from '@capstan/shared/contract/providers/account-view'
import { formatDuration } from '@capstan/shared/text/units'
import { isAllowed } from '../../data/is-allowed.ts'
import { formatTime } from '../../format/clock.ts'
import { AccountBlock } from './account-block.tsx'
import { AccountLimits } from './account-limits.tsx'
import { KeyTest } from './key-test.tsx'

interface AccountPanelProps {
  /** Undefined when its key cannot be tested from here. */
  provider: string | undefined
  account: AccountView
}

/** One model of an account: its headroom, its state, and what an operator can do. */
export function AccountPanel({ provider, account }: AccountPanelProps) {
  const { name, model, health, latencyMs, weight } = account
  return (
    <article class="account" aria-label={`${name}, ${model}`}>
      <div class="row">
        <strong>{name}</strong>
        <code>{model}</code>
        {weight !== 1 && <span class="badge">weight {weight}</span>}
        <Health health={health} />
        {latencyMs !== null && <span class="muted">median {formatDuration(latencyMs)}</span>}
      </div>
      <AccountBlock provider={provider} account={account} />
      <AccountLimits account={account} />
      {health?.fault && (
        <p class="muted">
          Last failed call, {formatTime(health.fault.at)}: {health.fault.title.replace(/\.?$/, '.')}
          {health.fault.hint !== undefined && ` ${health.fault.hint}`}
        </p>
      )}
      <Dialect dialect={account.dialect} />
      {provider !== undefined && isAllowed('operator') && (
        <KeyTest provider={provider} account={name} model={model} />
      )}
    </article>
  )
}

const HEALTH = {
  answers: { tone: 'good', word: 'answers' },
  unproven: { tone: 'quiet', word: 'not used yet' },
  misconfigured: { tone: 'bad-text', word: 'misconfigured' },
  refused: { tone: 'bad-text', word: 'refused by the provider' },
} as const

function Health({ health }: Pick<AccountView, 'health'>) {
  if (health === null) return null
  const { tone, word } = HEALTH[health.state]
  return (
    <span class={`status ${tone}`}>
      <span class="dot" />
      {word}
    </span>
  )
}

const OUTPUTS = {
  strict_schema: 'a strict JSON schema',
  schema: 'a JSON schema',
  json_object: 'any JSON object',
  text: 'the prompt alone',
} as const

function Dialect({ dialect }: Pick<AccountView, 'dialect'>) {
  if (dialect === null) return null
  return (
    <p class="muted">
      Dialect: structured output by {OUTPUTS[dialect.output]}, <code>{dialect.limit}</code>,
      instructions in {dialect.system === 'system' ? 'a system message' : 'the user message'}.
    </p>
  )
}
