const VERSION = /^v(\d{1,9})(?:(alpha|beta)(\d{1,9}))?$/
const STAGES = { stable: 2, beta: 1, alpha: 0 }

/** Sorts API versions in the preference of Kubernetes: v2, v1, v1beta2, v1beta1, v1alpha1, then the others by name. */
export function compareApiVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)]
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : Number(a > b)
  for (const [index, value] of left.entries()) {
    const difference = (right[index] ?? 0) - value
    if (difference !== 0) return difference
  }
  return 0
}

function rank(version: string): number[] | undefined {
  const match = VERSION.exec(version)
  if (!match) return undefined
  const stage = match[2] === 'alpha' || match[2] === 'beta' ? STAGES[match[2]] : STAGES.stable
  return [stage, Number(match[1]), Number(match[3] ?? 0)]
}
