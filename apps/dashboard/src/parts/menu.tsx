import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface MenuProps {
  /** Name for people who do not see the three dots. */
  label: string
  children: ComponentChildren
}

/** Rarely used actions behind one button. The browser closes it with Esc and a click outside. */
export function Menu({ label, children }: MenuProps) {
  const id = `menu${useId()}`
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label={label}
        aria-haspopup="true"
        popovertarget={id}
      >
        <Icon name="dots" />
      </button>
      <div id={id} class="menu" popover="auto">
        {children}
      </div>
    </>
  )
}
