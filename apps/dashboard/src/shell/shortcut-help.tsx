import { Dialog } from '../parts/dialog.tsx'
import { areKeysOn, GLOBAL_SHORTCUTS, isHelpOpen, pageShortcuts, switchKeys } from './shortcuts.ts'

/** Lists the keys. Each of them also has a visible control. */
export function ShortcutHelp() {
  if (!isHelpOpen.value) return null
  return (
    <Dialog title="Keys" onClose={() => (isHelpOpen.value = false)}>
      <dl class="pairs">
        {[...pageShortcuts.value, ...GLOBAL_SHORTCUTS].map(({ keys, does }) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </>
        ))}
      </dl>
      <label class="row">
        <input
          type="checkbox"
          checked={areKeysOn.value}
          onChange={({ currentTarget }) => switchKeys(currentTarget.checked)}
        />
        Use single keys
      </label>
    </Dialog>
  )
}
