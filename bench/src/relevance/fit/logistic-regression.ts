export interface Observation {
  features: number[]
  isPositive: boolean
  weight: number
}

/** Intercept first, then a weight for each feature. */
export type Coefficients = number[]

const MAX_STEPS = 50
const TOLERANCE = 1e-6

/** Logistic regression by Newton's method. `ridge` penalizes squares of weights, but not the intercept. */
export function fitLogisticRegression(observations: Observation[], ridge: number): Coefficients {
  const size = (observations[0]?.features.length ?? 0) + 1
  let coefficients: Coefficients = Array.from({ length: size }, () => 0)
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const change = computeNewtonStep(observations, coefficients, ridge)
    coefficients = coefficients.map((value, at) => value + (change[at] ?? 0))
    if (Math.max(...change.map(Math.abs)) < TOLERANCE) break
  }
  return coefficients
}

/** The log odds that a row answers a query. */
export function computeLogit(coefficients: Coefficients, features: number[]): number {
  const [intercept = 0, ...weights] = coefficients
  return weights.reduce((sum, weight, at) => sum + weight * (features[at] ?? 0), intercept)
}

function computeNewtonStep(
  observations: Observation[],
  coefficients: Coefficients,
  ridge: number,
): number[] {
  const size = coefficients.length
  const gradient = coefficients.map((value, at) => (at === 0 ? 0 : -ridge * value))
  const curvature = coefficients.map((_, row) =>
    coefficients.map((_unused, column) => (row === column && row > 0 ? ridge : 0)),
  )
  for (const { features, isPositive, weight } of observations) {
    const inputs = [1, ...features]
    const probability = 1 / (1 + Math.exp(-computeLogit(coefficients, features)))
    const error = weight * ((isPositive ? 1 : 0) - probability)
    const spread = weight * probability * (1 - probability)
    for (let row = 0; row < size; row += 1) {
      const input = inputs[row] ?? 0
      gradient[row] = (gradient[row] ?? 0) + error * input
      const line = curvature[row] ?? []
      for (let column = 0; column < size; column += 1) {
        line[column] = (line[column] ?? 0) + spread * input * (inputs[column] ?? 0)
      }
    }
  }
  return solveLinear(curvature, gradient)
}

/** Gauss-Jordan elimination without pivoting: the matrix is positive definite. */
function solveLinear(matrix: number[][], vector: number[]): number[] {
  const rows = matrix.map((row, at) => [...row, vector[at] ?? 0])
  for (const [column, pivot] of rows.entries()) {
    for (const [at, row] of rows.entries()) {
      if (at === column) continue
      const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
      for (const [next, value] of pivot.entries()) row[next] = (row[next] ?? 0) - factor * value
    }
  }
  return rows.map((row, at) => (row[rows.length] ?? 0) / (row[at] ?? 1))
}
