import type { ResourceType } from '@capstan/shared/contract/resource-type'

/** Kinds of objects as cloud providers name them. */
const NOUNS = [
  'Bucket',
  'Cluster',
  'Instance',
  'Policy',
  'Role',
  'Queue',
  'Topic',
  'Table',
  'Distribution',
  'Key',
  'Certificate',
  'Database',
  'Firewall',
  'Network',
  'Subnet',
  'Volume',
  'Snapshot',
]
const SERVICES = ['s3', 'ec2', 'rds', 'eks', 'iam', 'lambda', 'sns', 'sqs', 'dynamodb', 'route53']

/** Types of a cluster with the providers of a large cloud: long groups, and many similar names. */
export function makeResourceTypes(count: number): ResourceType[] {
  return Array.from({ length: count }, (_, index) => {
    const first = NOUNS[index % NOUNS.length] ?? ''
    const second = NOUNS[Math.floor(index / NOUNS.length) % NOUNS.length] ?? ''
    const kind = `${first}${second}${Math.floor(index / NOUNS.length ** 2) || ''}`
    return {
      group: `${SERVICES[index % SERVICES.length]}.cloud.example.com`,
      version: 'v1beta1',
      kind,
      plural: `${kind.toLowerCase()}s`,
      singular: kind.toLowerCase(),
      scope: 'Cluster',
      verbs: ['get', 'list'],
      shortNames: [],
      categories: [],
      origin: 'crd',
    }
  })
}
