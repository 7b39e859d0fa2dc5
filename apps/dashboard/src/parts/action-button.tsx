import type { ComponentChildren } from 'preact'
import { useAction } from '../data/use-action.ts'
import { FaultNotice } from './fault-notice.tsx'

interface ActionButtonProps {
  label: string
  run: () => Promise<unknown>
  /** Shown beside the button. */
  children?: ComponentChildren
}

/** A small button that starts one request at a time, with the reason when it failed. */
export function ActionButton({ label, run, children }: ActionButtonProps) {
  const action = useAction()
  return (
    <>
      {action.error !== undefined && <FaultNotice error={action.error} />}
      <div class="row">
        <button
          type="button"
          class="button small"
          disabled={action.isRunning}
          onClick={() => void action.run(run)}
        >
          {label}
        </button>
        {children}
      </div>
    </>
  )
}
