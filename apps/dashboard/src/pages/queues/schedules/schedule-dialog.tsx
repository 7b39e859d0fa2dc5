import { useState } from 'preact/hooks'
import { api } from '../../../data/api.ts'
import { useAction } from '../../../data/use-action.ts'
import { Dialog } from '../../../parts/dialog.tsx'
import { FaultNotice } from '../../../parts/fault-notice.tsx'
import { createScheduleDraft, toScheduleInput, type ScheduleDraft } from './schedule-draft.ts'

const FIELDS: [name: keyof ScheduleDraft, title: string, hint: string][] = [
  ['name', 'Name', 'Lower-case letters, digits and hyphens.'],
  ['cron', 'When', 'Minute, hour, day of month, month, day of week.'],
  ['timeZone', 'Time zone', 'Such as Europe/Berlin.'],
  ['include', 'Types', 'Patterns, such as *.apps. Empty: all types.'],
  ['cluster', 'Cluster', 'A context of the kubeconfig. Empty: the configured cluster.'],
]

/** Creates a schedule. The server checks its patterns and its time. */
export function ScheduleDialog({ onClose }: { onClose: (hasChanged: boolean) => void }) {
  const [draft, setDraft] = useState(createScheduleDraft)
  const action = useAction()
  const save = async (event: Event): Promise<void> => {
    event.preventDefault()
    const name = draft.name.trim()
    if (await action.run(() => api.putSchedule(name, toScheduleInput(draft)))) onClose(true)
  }
  return (
    <Dialog title="New schedule" onClose={() => onClose(false)}>
      <form class="limits" onSubmit={(event) => void save(event)}>
        <div class="form-grid">
          {FIELDS.map(([name, title, hint]) => (
            <label key={name} class="field">
              <span>{title}</span>
              <input
                type="text"
                value={draft[name]}
                onInput={({ currentTarget }) => setDraft({ ...draft, [name]: currentTarget.value })}
              />
              <small>{hint}</small>
            </label>
          ))}
        </div>
        {action.error !== undefined && <FaultNotice error={action.error} />}
        <div class="row end">
          <button type="button" class="button" onClick={() => onClose(false)}>
            Back
          </button>
          <button
            type="submit"
            class="button primary"
            disabled={action.isRunning || draft.name.trim() === '' || draft.cron.trim() === ''}
          >
            Create the schedule
          </button>
        </div>
      </form>
    </Dialog>
  )
}
