/**
 * Jain's index of shares, (sum x)² / (n · sum x²): 1 when all are equal, 1/n when one has everything. NaN
 * without shares.
 */
export function computeJainIndex(shares: number[]): number {
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share ** 2, 0)
  return sum ** 2 / (shares.length * squares)
}
