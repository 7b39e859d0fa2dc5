import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface DialogProps {
  title: string
  onClose: () => void
  children: ComponentChildren
  /** Shown at the right edge over the whole height. */
  isDrawer?: boolean
  /** For two columns. */
  isWide?: boolean
}

/** A modal dialog. The browser keeps the focus inside, closes it with Esc, and returns the focus. */
export function Dialog(props: DialogProps) {
  const { title, onClose, children, isDrawer = false, isWide = false } = props
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    element.current?.showModal()
  }, [])
  return (
    <dialog
      ref={element}
      class={isDrawer ? 'drawer' : isWide ? 'wide' : undefined}
      aria-label={title}
      onClose={onClose}
      onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
    >
      <div class="card-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="button plain small"
          aria-label="Close"
          onClick={() => element.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  )
}
