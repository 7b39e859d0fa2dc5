import { signal } from '@preact/signals'
import { navigate, setQuery } from '../router/location.ts'
import { NAVIGATION } from './navigation.ts'

export interface Shortcut {
  /** The keys as people read them, such as `g s`. */
  keys: string
  does: string
  run: () => void
}

const STORAGE = 'capstan-single-keys'

export const isHelpOpen = signal(false)
/** Single keys disturb some input methods, so they can be switched off. */
export const areKeysOn = signal(localStorage.getItem(STORAGE) !== 'off')
/** Keys of the present page. */
export const pageShortcuts = signal<readonly Shortcut[]>([])

export const GLOBAL_SHORTCUTS: readonly Shortcut[] = [
  ...NAVIGATION.map(({ path, name, key }) => ({
    keys: `g ${key}`,
    does: `open ${name}`,
    run: () => navigate(path),
  })),
  { keys: 'n', does: 'start a scan', run: () => setQuery({ new: '*' }) },
  { keys: '?', does: 'show these keys', run: () => (isHelpOpen.value = true) },
  { keys: '/', does: 'search on this page', run: focusSearch },
]

export function switchKeys(on: boolean): void {
  areKeysOn.value = on
  localStorage.setItem(STORAGE, on ? 'on' : 'off')
}

/** Listens for keys outside of fields. A key after `g` counts for one second. */
export function installShortcuts(): void {
  let before = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  addEventListener('keydown', (event) => {
    if (!areKeysOn.value || isTyping(event) || hasOpenDialog()) return
    const keys = before === '' ? event.key : `${before} ${event.key}`
    before = ''
    clearTimeout(timer)
    const all = [...pageShortcuts.value, ...GLOBAL_SHORTCUTS]
    const found = all.find((one) => one.keys === keys)
    if (found) {
      event.preventDefault()
      found.run()
    } else if (all.some((one) => one.keys.startsWith(`${event.key} `))) {
      before = event.key
      timer = setTimeout(() => (before = ''), 1_000)
    }
  })
}

function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  )
}

function hasOpenDialog(): boolean {
  return document.querySelector('dialog[open]') !== null
}

function focusSearch(): void {
  const field = document.querySelector('input[type="search"]')
  if (field instanceof HTMLInputElement) field.focus()
}
