import { useState } from 'preact/hooks'
import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import type { ScanInput } from '../../data/api.ts'
import { formatCurl } from '../../data/format-curl.ts'
import { SERVER } from '../../data/request.ts'
import { formatMoney } from '../../format/money.ts'
import { CopyAs } from '../../parts/copy-as.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { FaultNotice } from '../../parts/fault-notice.tsx'
import { place, setQuery } from '../../router/location.ts'
import { needsConfirmation } from './confirm-threshold.ts'
import { Estimate } from './estimate.tsx'
import { formatScanCommand } from './format-scan-command.ts'
import { JoinedNotice } from './joined-notice.tsx'
import { ScanForm } from './scan-form.tsx'
import { createDraft, toScanInput, type ScanDraft } from './scan-draft.ts'
import { usePlan } from './use-plan.ts'
import { useStart } from './use-start.ts'

/** Starts a scan, on the cluster `on` of the URL. Shows what it would do and cost with each change. */
export function NewScanDialog({ patterns }: { patterns: string }) {
  const [draft, setDraft] = useState(() => {
    const cluster = place.value.query.get('on') ?? ''
    return createDraft(patterns === '*' ? '' : patterns, cluster)
  })
  const [isAsked, setAsked] = useState(false)
  const input = toScanInput(draft)
  const planned = usePlan(input)
  const { action, joined, start } = useStart(input)
  const send = (event: Event): void => {
    event.preventDefault()
    if (!isAsked && needsConfirmation(planned.plan, input)) setAsked(true)
    else start()
  }
  const change = (part: Partial<ScanDraft>): void => {
    setAsked(false)
    setDraft({ ...draft, ...part })
  }
  const canStart = !action.isRunning && planned.plan !== undefined && joined === undefined
  return (
    <Dialog title="New scan" isWide onClose={() => setQuery({ new: '', on: '' })}>
      <form class="side-by-side" onSubmit={send}>
        <ScanForm draft={draft} onChange={change} />
        <section aria-label="Estimate">
          <Estimate state={planned} />
          {joined?.joined && <JoinedNotice scan={joined} joined={joined.joined} />}
          {action.error !== undefined && <FaultNotice error={action.error} />}
          {isAsked && <CostNotice cost={planned.plan?.estimate.costUsd} />}
          <StartRow input={input} isAsked={isAsked} canStart={canStart} />
        </section>
      </form>
    </Dialog>
  )
}

/** Asks a second time before a scan that costs much. */
function CostNotice({ cost }: { cost: ScanPlan['estimate']['costUsd'] | undefined }) {
  if (!cost) return null
  return (
    <div class="notice warn" role="alert">
      <strong>This scan costs about {formatMoney(cost.expected)}</strong>
      <span>
        Between {formatMoney(cost.low)} and {formatMoney(cost.high)}. A limit of the cost bounds it.
      </span>
    </div>
  )
}

interface StartRowProps {
  input: ScanInput
  isAsked: boolean
  canStart: boolean
}

function StartRow({ input, isAsked, canStart }: StartRowProps) {
  return (
    <div class="row">
      <button type="submit" class="button primary" disabled={!canStart}>
        {isAsked ? 'Start it for this price' : 'Start the scan'}
      </button>
      <CopyAs curl={formatCurl('scans', input)} cli={formatScanCommand(input, SERVER)} />
    </div>
  )
}
