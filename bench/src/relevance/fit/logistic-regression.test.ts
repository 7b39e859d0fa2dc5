import { expect, test } from 'vitest'
import { computeLogit, fitLogisticRegression } from './logistic-regression.ts'

test('a feature without information gets no weight, and the intercept is the log odds', () => {
  const observe = (isPositive: boolean, feature: number, count: number) =>
    Array.from({ length: count }, () => ({ features: [feature], isPositive, weight: 1 }))
  const observations = [true, false].flatMap((isPositive) =>
    [0, 1].flatMap((feature) => observe(isPositive, feature, isPositive ? 3 : 1)),
  )
  const [intercept, weight] = fitLogisticRegression(observations, 0.01)
  expect(intercept).toBeCloseTo(Math.log(3))
  expect(weight).toBeCloseTo(0)
})

test('the log odds of two groups are those of their frequencies', () => {
  const observations = [
    { features: [0], isPositive: true, weight: 1 },
    { features: [0], isPositive: false, weight: 4 },
    { features: [1], isPositive: true, weight: 6 },
    { features: [1], isPositive: false, weight: 2 },
  ]
  const coefficients = fitLogisticRegression(observations, 0)
  expect(computeLogit(coefficients, [0])).toBeCloseTo(Math.log(1 / 4))
  expect(computeLogit(coefficients, [1])).toBeCloseTo(Math.log(3))
})
