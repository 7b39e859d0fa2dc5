/** Formats a share in whole percent with its sign, `+12 %`; a dash for null. */
export function formatSignedPercent(share: number | null): string {
  if (share === null) return '–'
  return `${share > 0 ? '+' : ''}${(100 * share).toFixed(0)} %`
}
