import type { ComponentChildren } from 'preact'
import { useAction } from '../data/use-action.ts'
import { Dialog } from './dialog.tsx'
import { FaultNotice } from './fault-notice.tsx'

interface ConfirmProps {
  title: string
  /** Word on the button that does it. */
  verb: string
  /** It cannot be undone. */
  isDanger?: boolean
  work: () => Promise<unknown>
  onClose: () => void
  children: ComponentChildren
}

/** Asks before something is done, and shows why it failed. */
export function ConfirmDialog(props: ConfirmProps) {
  const { title, verb, isDanger = false, work, onClose, children } = props
  const action = useAction()
  const confirm = async (): Promise<void> => {
    if (await action.run(work)) onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <div>{children}</div>
      {action.error !== undefined && <FaultNotice error={action.error} />}
      <div class="row end">
        <button type="button" class="button" onClick={onClose}>
          Back
        </button>
        <button
          type="button"
          class={isDanger ? 'button danger' : 'button primary'}
          disabled={action.isRunning}
          onClick={() => void confirm()}
        >
          {verb}
        </button>
      </div>
    </Dialog>
  )
}
