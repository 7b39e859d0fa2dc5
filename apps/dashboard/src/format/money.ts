/** Formats US dollars. An unknown price is never shown as 0. Small amounts keep two digits that tell something. */
export function formatMoney(costUsd: number | null): string {
  if (costUsd === null) return 'price unknown'
  if (costUsd === 0) return '$0'
  if (costUsd < 0.0001) return '< $0.0001'
  return `$${costUsd.toFixed(costUsd < 0.1 ? 4 : 2)}`
}
