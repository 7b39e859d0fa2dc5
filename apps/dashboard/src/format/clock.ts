import { signal } from '@preact/signals'

/** The time in ms, for durations that grow while one looks at them. Advances once a second, while the page is visible. */
export const now = signal(Date.now())

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now()
}, 1_000)

const same = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const full = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})

/** Formats a time: the clock for today, else with the day. In the time zone of the reader. */
export function formatTime(at: string): string {
  const time = new Date(at)
  const isToday = time.toDateString() === new Date(now.peek()).toDateString()
  return (isToday ? same : full).format(time)
}

const exact = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Formats the clock with seconds, for events that follow each other closely. */
export function formatTimeOfDay(at: string): string {
  return exact.format(new Date(at))
}
