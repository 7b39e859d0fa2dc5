import { useState } from 'preact/hooks'
import type { CapabilityView } from '@capstan/shared/contract/capability'
import { COMPLEXITIES } from '@capstan/shared/contract/choice-names'
import { api } from '../../../data/api.ts'
import { useAction } from '../../../data/use-action.ts'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { readChanges, toDraft, type OverrideDraft } from './override-draft.ts'

interface OverrideFormProps {
  row: CapabilityView
  onClose: (hasChanged: boolean) => void
}

/** Corrects fields of an answer. The correction holds in every later scan. */
export function OverrideForm({ row, onClose }: OverrideFormProps) {
  const [draft, setDraft] = useState(() => toDraft(row))
  const action = useAction()
  const input = readChanges(row, draft)
  const send = async (work: () => Promise<unknown>): Promise<void> => {
    if (await action.run(work)) onClose(true)
  }
  const save = (event: Event): void => {
    event.preventDefault()
    void send(() => api.overrideCapability(row.cluster, row.resource, input))
  }
  return (
    <form class="answer" onSubmit={save}>
      <DraftFields draft={draft} onChange={(change) => setDraft({ ...draft, ...change })} />
      {action.error !== undefined && <FaultNotice error={action.error} />}
      <div class="row">
        <button
          type="submit"
          class="button primary"
          disabled={action.isRunning || Object.keys(input.fields).length === 0}
        >
          Save the correction
        </button>
        <button type="button" class="button" onClick={() => onClose(false)}>
          Back
        </button>
        {row.override !== null && (
          <button
            type="button"
            class="button danger"
            disabled={action.isRunning}
            onClick={() => void send(() => api.removeOverride(row.cluster, row.resource))}
          >
            Remove the correction
          </button>
        )}
      </div>
    </form>
  )
}

const FIELDS = [
  ['description', 'Description', 3],
  ['useCase', 'Use case', 2],
  ['capabilities', 'Capabilities, one a line', 5],
  ['providers', 'Providers, one a line', 2],
  ['note', 'Reason of the correction', 1],
] as const

interface DraftFieldsProps {
  draft: OverrideDraft
  onChange: (change: Partial<OverrideDraft>) => void
}

function DraftFields({ draft, onChange }: DraftFieldsProps) {
  const chooseComplexity = (value: string): void => {
    const complexity = COMPLEXITIES.find((one) => one === value)
    if (complexity !== undefined) onChange({ complexity })
  }
  return (
    <>
      {FIELDS.map(([name, title, rows]) => (
        <label key={name} class="field">
          <span>{title}</span>
          <textarea
            rows={rows}
            value={draft[name]}
            onInput={({ currentTarget }) => onChange({ [name]: currentTarget.value })}
          />
        </label>
      ))}
      <label class="field">
        <span>Complexity</span>
        <select
          value={draft.complexity}
          onChange={({ currentTarget }) => chooseComplexity(currentTarget.value)}
        >
          {COMPLEXITIES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
    </>
  )
}
