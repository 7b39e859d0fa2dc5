const PATTERN = /^v(\d+)(?:(alpha|beta)(\d+))?$/
const STAGES: Record<string, number> = { alpha: 0, beta: 1 }

/**
 * Compares version names in Kubernetes' order of preference: v2, v1, v1beta2, v1beta1, v1alpha1, then other
 * names alphabetically. Negative when `a` is preferred.
 */
export function compareVersionNames(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1
  for (const [index, value] of left.entries()) {
    const difference = (right[index] ?? 0) - value
    if (difference !== 0) return difference
  }
  return 0
}

function rank(version: string): [stage: number, major: number, minor: number] | undefined {
  const match = PATTERN.exec(version)
  if (!match) return undefined
  const stage = match[2] === undefined ? 2 : (STAGES[match[2]] ?? 0)
  return [stage, Number(match[1]), Number(match[3] ?? 0)]
}
