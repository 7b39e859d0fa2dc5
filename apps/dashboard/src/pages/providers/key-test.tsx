import { useState } from 'preact/hooks'
import type { ProviderTestResult } from '@capstan/shared/contract/providers/provider-test-result'
import { formatDuration } from '@capstan/shared/text/units'
import { api } from '../../data/api.ts'
import { useAction } from '../../data/use-action.ts'
import { formatMoney } from '../../format/money.ts'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { Icon } from '../../parts/icon.tsx'

interface KeyTestProps {
  provider: string
  account: string
  model: string
}

/** Tests key and model with one call. */
export function KeyTest({ provider, account, model }: KeyTestProps) {
  const action = useAction()
  const [result, setResult] = useState<ProviderTestResult | undefined>(undefined)
  const test = (): void => {
    setResult(undefined)
    void action.run(async () => setResult(await api.testProvider(provider, { account, model })))
  }
  return (
    <div class="limits">
      <div class="row">
        <button
          type="button"
          class="button small"
          title="One call, about as expensive as one type"
          disabled={action.isRunning}
          onClick={test}
        >
          {action.isRunning ? 'Testing…' : 'Test the key'}
        </button>
        {result && <TestResult result={result} />}
      </div>
      {action.error !== undefined && <FaultNotice error={action.error} />}
    </div>
  )
}

function TestResult({ result }: { result: ProviderTestResult }) {
  const { ok, latencyMs, waitedMs, costUsd, faults, worker } = result
  return (
    <span role="status" class="row">
      <span class={`status ${ok ? 'good' : 'bad-text'}`}>
        <Icon name={ok ? 'check' : 'cross'} />
        {ok ? 'a valid answer' : `an invalid answer: ${faults.join(', ')}`}
      </span>
      <span class="muted">
        in {formatDuration(latencyMs)}
        {waitedMs > 1_000 && `, after ${formatDuration(waitedMs)} in the wait queue`},{' '}
        {formatMoney(costUsd)}, by worker {worker}
      </span>
    </span>
  )
}
