/** `about $1.20`. An amount below the smallest one that is shown is no estimate. */
export function formatEstimate(costUsd: number): string {
  const text = formatMoney(costUsd)
  return text.startsWith('<') ? text : `about ${text}`
}

/** Formats US dollars. An unknown price is never shown as 0. Small amounts keep two digits that tell something. */
export function formatMoney(costUsd: number | null): string {
  if (costUsd === null) return 'price unknown'
  if (costUsd === 0) return '$0'
  if (costUsd < 0.0001) return '< $0.0001'
  return `$${costUsd.toFixed(costUsd < 0.1 ? 4 : 2)}`
}
