/** Initials of a kind in lower case: `hpa` for HorizontalPodAutoscaler. Empty for a kind of one word. */
export function abbreviateKind(kind: string): string {
  const capitals = kind.replace(/[^A-Z]/g, '')
  return capitals.length > 1 ? capitals.toLowerCase() : ''
}
