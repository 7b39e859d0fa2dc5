import { expect, test } from 'vitest'
import { compareVersionNames } from './compare-version-names.ts'

test("version names are sorted in Kubernetes' order of preference", () => {
  const preferred = ['v10', 'v2', 'v1', 'v11beta2', 'v1beta2', 'v1beta1', 'v2alpha1', 'v1alpha1']
  const names = [...preferred, 'bar10', 'foo1']
  expect(names.toReversed().toSorted(compareVersionNames)).toEqual(names)
})
