import type { ComponentChildren } from 'preact'
import { navigate, toHref } from './location.ts'

interface LinkProps {
  /** Page below /ui/. */
  to: string
  children: ComponentChildren
  class?: string
  'aria-current'?: 'page' | undefined
  'aria-label'?: string
}

/** A link to another page of the dashboard. Opens in a new tab when the browser is asked to. */
export function Link({ to, children, ...rest }: LinkProps) {
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigate(to)
  }
  return (
    <a {...rest} href={toHref(to)} onClick={open}>
      {children}
    </a>
  )
}
