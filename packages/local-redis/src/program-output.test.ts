import { expect, test } from 'vitest'
import { parseRedisInfo, isSupportedVersion } from '@capstan/redis/check-server'
import { listPlannedPackages } from './apt.ts'
import { parseVersionLine } from './server-program.ts'

test.each([
  [
    'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=d81b8ff71cfb150e',
    { product: 'redis', version: '7.0.15' },
  ],
  [
    'Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64',
    { product: 'valkey', version: '8.0.1' },
  ],
  ['Redis server v=8.0-rc1 sha=0', { product: 'redis', version: '8.0-rc1' }],
  ['redis-cli 7.0.15', undefined],
  ['', undefined],
])('the version line %j is parsed', (line, found) => {
  expect(parseVersionLine(line)).toEqual(found)
})

test('the package names in the output of `apt-get --simulate install` are parsed', () => {
  const simulation = [
    'Reading package lists...',
    'The following NEW packages will be installed:',
    '  libatomic1 redis-tools',
    'Inst libatomic1 (12.2.0-14 Debian:12/stable [amd64])',
    'Inst redis-tools (5:7.0.15-1~deb12u4 Debian:12/stable [amd64])',
    'Conf libatomic1 (12.2.0-14 Debian:12/stable [amd64])',
  ]
  expect(listPlannedPackages(simulation.join('\n'))).toEqual(['libatomic1', 'redis-tools'])
})

test('INFO is parsed into a map, and values may contain colons', () => {
  const info = parseRedisInfo(
    '# Server\r\nredis_version:7.0.15\r\nexecutable:/a:b\r\n\r\n# Memory\r\n',
  )
  expect(Object.fromEntries(info)).toEqual({ redis_version: '7.0.15', executable: '/a:b' })
})

test.each([
  ['redis', '6.2.0', true],
  ['redis', '6.0.16', false],
  ['redis', '10.0', true],
  ['redis', 'unknown', false],
  ['valkey', '7.2.5', true],
])('the server program %s %s is supported: %s', (product, version, supported) => {
  expect(isSupportedVersion(product, version)).toBe(supported)
})
