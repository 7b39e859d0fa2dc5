/** `0:21`, `12:05`, `1:02:03`. */
export function formatClockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const padToTwo = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes, rest] = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    padToTwo(seconds % 60),
  ]
  return hours > 0 ? `${hours}:${padToTwo(minutes)}:${rest}` : `${minutes}:${rest}`
}

/** The time left, rounded up to seconds: while work is left it is never `0:00`. */
export function formatTimeLeft(seconds: number): string {
  return formatClockTime(Math.max(1, Math.ceil(seconds)) * 1_000)
}

/** `820 ms`, `6.4 s`, `5 min 32 s`, `5 min`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const [large, small] =
    minutes < 60
      ? [`${minutes} min`, `${seconds % 60} s`]
      : [`${Math.floor(minutes / 60)} h`, `${minutes % 60} min`]
  return small.startsWith('0 ') ? large : `${large} ${small}`
}

/** `980`, `1.4k`, `212k`, `3.4M`. */
export function formatCount(count: number): string {
  if (count < 1_000) return String(count)
  if (count < 9_950) return `${(count / 1_000).toFixed(1)}k`
  if (count < 999_500) return `${Math.round(count / 1_000)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

/** `1 type`, `66 types`. */
export function pluralize(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`
}

/** Time since `then`: `12 s`, `5 min`, `3 h`, `2 d`. */
export function formatAge(then: string, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(then)) / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`
}

/** Parses `15m`, `90s`, `1h30m` or seconds into milliseconds; undefined for other text. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(text.trim())
  const [hours, minutes, seconds] = match?.slice(1).map((part) => Number(part ?? 0)) ?? []
  const total = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000
  return total > 0 ? total : undefined
}
