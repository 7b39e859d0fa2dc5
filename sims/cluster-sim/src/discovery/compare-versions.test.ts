import { expect, test } from 'vitest'
import { compareVersions } from './compare-versions.ts'

test('versions come in the order in which Kubernetes prefers them', () => {
  const preferred = ['v10', 'v2', 'v1', 'v11beta2', 'v1beta2', 'v1beta1', 'v2alpha1', 'v1alpha1']
  const names = [...preferred, 'bar10', 'foo1']
  expect(names.toReversed().toSorted(compareVersions)).toEqual(names)
})
