import { expect, test } from 'vitest'
import { makeWidgetCrd, widgetType } from '../../test/schemas.ts'
import { getBuiltInColumns } from './get-built-in-columns.ts'
import { reduceCrds } from './reduce-crds.ts'

const wanted = new Map([['widgets.shop.example', widgetType]])

function definitionWith(additionalPrinterColumns: unknown) {
  const crd = makeWidgetCrd({ type: 'object' })
  const versions = crd.spec.versions.map((one) => ({ ...one, additionalPrinterColumns }))
  const [reduced] = reduceCrds([{ ...crd, spec: { ...crd.spec, versions } }], wanted, 1500)
  if (!reduced || !('definition' in reduced)) throw new Error('it was not reduced')
  return reduced.definition
}

test('a custom type has its name as the first column, followed by the columns of its CRD', () => {
  const columns = [
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How\nit is.' },
    { name: 'Node', type: 'string', jsonPath: '.spec.node', priority: 1 },
  ]
  expect(definitionWith(columns).printerColumns).toEqual([
    { name: 'Name', type: 'string', jsonPath: '.metadata.name' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How it is.' },
    { name: 'Node', type: 'string', jsonPath: '.spec.node', priority: 1 },
  ])
})

test('a custom type without columns shows name and age', () => {
  const names = [undefined, [], 'none'].map((columns) =>
    definitionWith(columns).printerColumns.map(({ name }) => name),
  )
  expect(names).toEqual(Array(3).fill(['Name', 'Age']))
})

test('a column keeps its valid members, and the number of columns is limited', () => {
  const wrong = { name: 'Ready', type: 7, jsonPath: null, priority: 'high', description: {} }
  const many = Array.from({ length: 500 }, () => wrong)
  const { printerColumns } = definitionWith(many)
  expect(printerColumns).toHaveLength(31)
  expect(printerColumns[1]).toEqual({ name: 'Ready', type: 'string', jsonPath: '' })
})

test('paths of columns affect neither the outline nor the hashes', () => {
  const column = (jsonPath: string) => [{ name: 'Phase', type: 'string', jsonPath }]
  const [one, two] = [definitionWith(column('.a')), definitionWith(column('.b'))]
  expect(two.printerColumns).not.toEqual(one.printerColumns)
  expect(two).toEqual({ ...one, printerColumns: two.printerColumns })
})

test.each([
  ['pods', '', 'NAME READY STATUS RESTARTS AGE | IP NODE NOMINATED NODE READINESS GATES'],
  ['services', '', 'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR'],
  ['configmaps', '', 'NAME DATA AGE | '],
  ['deployments', 'apps', 'NAME READY UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR'],
  [
    'cronjobs',
    'batch',
    'NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE | CONTAINERS IMAGES SELECTOR',
  ],
  ['roles', 'rbac.authorization.k8s.io', 'NAME CREATED AT | '],
  [
    'events',
    'events.k8s.io',
    'LAST SEEN TYPE REASON OBJECT MESSAGE | SUBOBJECT SOURCE FIRST SEEN COUNT NAME',
  ],
  ['gadgets', 'unheard.example', 'NAME AGE | '],
])('%s of group "%s" has the columns of kubectl', (plural, group, expected) => {
  const columns = getBuiltInColumns({ plural, group })
  const shown = columns.filter(({ priority = 0 }) => priority === 0).map(({ name }) => name)
  const wide = columns.filter(({ priority = 0 }) => priority > 0).map(({ name }) => name)
  expect(`${shown.join(' ')} | ${wide.join(' ')}`).toBe(expected)
})

test('columns have the path of values that are not computed, and the types integer and date', () => {
  const byName = new Map(
    getBuiltInColumns({ plural: 'daemonsets', group: 'apps' }).map((column) => [
      column.name,
      column,
    ]),
  )
  expect(byName.get('DESIRED')).toEqual({
    name: 'DESIRED',
    type: 'integer',
    jsonPath: '.status.desiredNumberScheduled',
  })
  expect(byName.get('AGE')?.type).toBe('date')
  expect(byName.get('NODE SELECTOR')?.jsonPath).toBe('')
})
