import { expect, test } from 'vitest'
import { parseGroupRoles } from './group-roles.ts'
import { readGroups } from './read-groups.ts'

test('a list of groups gives the highest role of a user', () => {
  const { findRole, selectNamed } = parseGroupRoles(' sre = operator, platform=admin,a=b=viewer ')
  expect(findRole(['sre'])).toBe('operator')
  expect(findRole(['platform', 'sre', 'other'])).toBe('admin')
  expect(findRole(['a=b'])).toBe('viewer')
  expect(findRole(['other'])).toBeUndefined()
  expect(findRole([])).toBeUndefined()
  expect(selectNamed(['other', 'sre'])).toEqual(['sre'])
})

test('a JSON object holds groups with commas, and `*` contains every user', () => {
  const roles = parseGroupRoles('{"cn=ops,dc=example":"admin","*":"viewer"}')
  expect(roles.findRole(['cn=ops,dc=example'])).toBe('admin')
  expect(roles.findRole([])).toBe('viewer')
  expect(roles.selectNamed(['*', 'x'])).toEqual([])
})

test.each(['', 'sre', 'sre=', '=viewer', 'sre=root', 'sre=operator,', '{', '{}', '{"a":1}', '[]'])(
  'the mapping %j is rejected',
  (text) => {
    expect(() => parseGroupRoles(text)).toThrow(/group/)
  },
)

test.each([
  [{ groups: ['a', 'b'] }, 'groups', ['a', 'b']],
  [{ groups: 'a' }, 'groups', ['a']],
  [{ roles: { a: {}, b: 1 } }, 'roles', ['a', 'b']],
  [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
  [{ 'https://x.example/groups': ['a'] }, 'https://x.example/groups', ['a']],
  [{ groups: [1, null, '', 'a', ['b'], 'x'.repeat(400)] }, 'groups', ['a']],
  [{ groups: 7 }, 'groups', []],
  [{ groups: null }, 'groups', []],
  [{}, 'groups', []],
  [{ a: 'x' }, 'a.b.c', []],
])('the claims %j hold the groups of %s', (claims, claim, groups) => {
  expect(readGroups(claims, claim)).toEqual(groups)
})
