import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import { SCAN_PRIORITIES } from '@capstan/shared/contract/choice-names'
import { PROVIDERS } from '@capstan/shared/contract/provider-names'
import { findScanSignal, scanIds } from '../../data/store.ts'
import type { ScanDraft } from './scan-draft.ts'

type Options = readonly (readonly [value: string, text: string])[]

const MODES: Options = [
  ['incremental', 'new and changed'],
  ['full', 'all, also unchanged'],
]
const PRIORITIES: Options = SCAN_PRIORITIES.map((name) => [name, name])
const PROVIDER_CHOICES: Options = [
  ['', 'default'],
  ...PROVIDERS.map((name) => [name, name] as const),
]
const CURATED: Options = [
  ['default', 'as the server is set'],
  ['yes', 'use them, without a call'],
  ['no', 'ask the model'],
]
const EXECUTIONS: Options = [
  ['calls', 'at once'],
  ['batch', 'batch API: half the price, up to 24 h'],
]
const CONFLICTS: Options = [
  ['join', 'join it if it covers this one'],
  ['parallel', 'run beside it'],
  ['reject', 'do not start'],
]

interface ScanFormProps {
  draft: ScanDraft
  onChange: (change: Partial<ScanDraft>) => void
}

/** Fields of a new scan. Rarely used ones are behind a line to open. */
export function ScanForm({ draft, onChange }: ScanFormProps) {
  const bind = createBinding(draft, onChange)
  return (
    <div class="form">
      <Field name="Types" hint="Patterns such as *.crossplane.io or Deployment. Empty: all types.">
        <textarea rows={2} placeholder="all types" autofocus {...bind.text('include')} />
      </Field>
      <Field name="Except">
        <textarea rows={1} placeholder="none" {...bind.text('exclude')} />
      </Field>
      <Choice name="Which of them" options={MODES} {...bind.choice('mode')} />
      <div class="pair">
        <Field name="Limit of the cost, US dollars" hint="The scan pauses before it costs more.">
          <input
            type="number"
            min="0.000001"
            step="any"
            placeholder="no limit"
            {...bind.text('maxCostUsd')}
          />
        </Field>
        <Choice name="Priority" options={PRIORITIES} {...bind.choice('priority')} />
      </div>
      <details>
        <summary>Cluster, model and more</summary>
        <MoreFields draft={draft} onChange={onChange} />
      </details>
    </div>
  )
}

function MoreFields({ draft, onChange }: ScanFormProps) {
  const bind = createBinding(draft, onChange)
  return (
    <div class="form">
      <ModelFields draft={draft} onChange={onChange} />
      <div class="pair">
        <Choice name="Curated answers" options={CURATED} {...bind.choice('curated')} />
        <Choice name="Calls" options={EXECUTIONS} {...bind.choice('execution')} />
      </div>
      <div class="pair">
        <Field name="Limit of failed types" hint="The scan pauses then.">
          <input type="number" min="1" placeholder="no limit" {...bind.text('maxFailures')} />
        </Field>
        <Field name="Types at a time" hint="Leaves room for other scans.">
          <input
            type="number"
            min="1"
            max="1000"
            placeholder="no limit"
            {...bind.text('concurrency')}
          />
        </Field>
      </div>
      <Choice
        name="When a scan of this cluster runs"
        options={CONFLICTS}
        {...bind.choice('onConflict')}
      />
    </div>
  )
}

function ModelFields({ draft, onChange }: ScanFormProps) {
  const bind = createBinding(draft, onChange)
  const { clusters, models } = useKnownNames()
  return (
    <>
      <Field name="Cluster" hint="A context of the kubeconfig of the server.">
        <input list="known-clusters" placeholder="the configured one" {...bind.text('cluster')} />
      </Field>
      <div class="pair">
        <Choice name="Provider" options={PROVIDER_CHOICES} {...bind.choice('provider')} />
        <Field name="Model">
          <input list="known-models" placeholder="default" {...bind.text('model')} />
        </Field>
      </div>
      <datalist id="known-clusters">
        {clusters.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
      <datalist id="known-models">
        {models.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </datalist>
    </>
  )
}

/** Clusters and models of the scans that are known. */
function useKnownNames() {
  const ids = scanIds.value
  return useMemo(() => {
    const scans = ids.flatMap((id) => findScanSignal(id)?.peek() ?? [])
    return {
      clusters: [...new Set(scans.map(({ cluster }) => cluster))],
      models: [...new Set(scans.filter(({ demo }) => !demo).map(({ model }) => model))],
    }
  }, [ids])
}

/** Connects fields with the draft. */
function createBinding(draft: ScanDraft, onChange: ScanFormProps['onChange']) {
  return {
    text: (name: keyof ScanDraft) => ({
      value: draft[name],
      onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
        onChange({ [name]: currentTarget.value }),
    }),
    choice: (name: keyof ScanDraft) => ({
      value: draft[name],
      onChoose: (value: string) => onChange({ [name]: value }),
    }),
  }
}

interface FieldProps {
  name: string
  hint?: string
  children: ComponentChildren
}

function Field({ name, hint, children }: FieldProps) {
  return (
    <label class="field">
      <span>{name}</span>
      {children}
      {hint !== undefined && <small>{hint}</small>}
    </label>
  )
}

interface ChoiceProps {
  name: string
  options: Options
  value: string
  onChoose: (value: string) => void
}

function Choice({ name, options, value, onChoose }: ChoiceProps) {
  return (
    <Field name={name}>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  )
}
