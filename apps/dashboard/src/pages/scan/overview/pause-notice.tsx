import type { Budget } from '@capstan/shared/contract/scan/budget'
import type { ProviderFault } from '@capstan/shared/contract/problem'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { api } from '../../../data/api.ts'
import { isAllowed } from '../../../data/is-allowed.ts'
import { keepScan } from '../../../data/store.ts'
import { useAction } from '../../../data/use-action.ts'
import { formatTime } from '../../../format/clock.ts'
import { Countdown } from '../../../parts/countdown.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { RaiseBudget } from './raise-budget.tsx'

interface PauseProps {
  scan: Scan
  pause: NonNullable<Scan['pause']>
}

/** A paused scan: by whom, why, until when, and a larger limit when the budget is used up. */
export function PauseNotice({ scan, pause }: PauseProps) {
  const { stoppedBy } = scan.budget
  return (
    <div class={pause.problem ? 'notice bad' : 'notice calm-soft'} role="status">
      <PauseTitle scan={scan} pause={pause} />
      <PauseCause pause={stoppedBy === null ? pause : withoutFault(pause)} />
      {stoppedBy !== null && isAllowed('operator') && (
        <RaiseForm scan={scan} stoppedBy={stoppedBy} />
      )}
    </div>
  )
}

/** A failed call is no reason for a pause by the budget. */
function withoutFault({ by, reason, problem }: PauseProps['pause']): PauseProps['pause'] {
  return { by, reason, problem }
}

/** The cause in the words of the provider, and the setting to check. */
function PauseCause({ pause: { reason, problem, fault } }: Pick<PauseProps, 'pause'>) {
  if (problem === undefined)
    return (
      <>
        <span>{describeReason(reason)}</span>
        {fault && <LastFault fault={fault} />}
      </>
    )
  return (
    <>
      <span>{problem.title}</span>
      {problem.detail && <span>{problem.detail}</span>}
      {fault && fault.title !== problem.title && <LastFault fault={fault} />}
      {problem.hint && <span class="muted">{problem.hint}</span>}
    </>
  )
}

function LastFault({ fault }: { fault: ProviderFault }) {
  return (
    <>
      <span>
        Last failed call, {formatTime(fault.at)}, account {fault.account}: {fault.title}
      </span>
      {fault.hint && <span class="muted">{fault.hint}</span>}
    </>
  )
}

function PauseTitle({ scan, pause: { by, problem } }: PauseProps) {
  return (
    <strong>
      {scan.budget.stoppedBy === null ? `Paused by ${by}` : 'Paused: the budget is used up'}
      {problem?.until !== undefined && (
        <>
          , resumes in <Countdown until={problem.until} />
        </>
      )}
    </strong>
  )
}

function describeReason(reason: string): string {
  return reason === 'requested' ? 'Running calls finish; no new call starts.' : reason
}

interface RaiseFormProps {
  scan: Scan
  stoppedBy: NonNullable<Scan['budget']['stoppedBy']>
}

function RaiseForm({ scan, stoppedBy }: RaiseFormProps) {
  const action = useAction()
  const resume = (budget: Budget): void =>
    void action.run(async () => keepScan(await api.resumeScan(scan.id, budget)))
  return (
    <>
      {action.error !== undefined && <FaultNotice error={action.error} />}
      <RaiseBudget
        budget={scan.budget}
        stoppedBy={stoppedBy}
        isRunning={action.isRunning}
        onRaise={resume}
      />
    </>
  )
}
