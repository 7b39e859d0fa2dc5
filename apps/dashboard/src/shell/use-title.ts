import { useEffect } from 'preact/hooks'
import { effect, signal } from '@preact/signals'
import failed from '../icons/failed.svg'
import idle from '../icons/idle.svg'
import paused from '../icons/paused.svg'
import running from '../icons/running.svg'
import succeeded from '../icons/succeeded.svg'

const ICONS = { failed, idle, paused, running, succeeded } as const

/** Title and icon of the browser tab. Pages set it. */
export const tabState = signal<{ title: string; icon: keyof typeof ICONS }>({
  title: 'Capstan',
  icon: 'idle',
})

/** Keeps title and icon of the browser tab up to date. */
export function useTitle(): void {
  useEffect(
    () =>
      effect(() => {
        const { title, icon } = tabState.value
        document.title = title
        document.getElementById('favicon')?.setAttribute('href', ICONS[icon])
      }),
    [],
  )
}
