import type { Definition } from '../contract/definition.ts'

/** Definition for provider checks: an invented type with an outline of typical length. */
export const SAMPLE_DEFINITION: Pick<Definition, 'outline' | 'outlineTokens'> = {
  outline: [
    'DatabaseBackup (storage.example.com/v1, namespaced)',
    'Description: Takes backups of one database by a schedule, keeps them in object storage and removes old ones.',
    'Fields of spec:',
    '  *database string: Name of the database in the same namespace',
    '  *schedule string: When a backup is taken, in cron format',
    '  destination object',
    '    *bucket string: Bucket that receives the backups',
    '    endpoint string: Address of a storage other than the default one',
    '    credentialsSecret string: Secret with the keys of the bucket',
    '  compression enum(none|gzip|zstd)',
    '  encryption object',
    '    keySecret string: Secret with the key that backups are encrypted with',
    '  retention object',
    '    days integer: Age at which a backup is removed',
    '    keepAtLeast integer: Backups that are kept whatever their age',
    '  suspend boolean: No backup is taken while it is true',
    'Fields of status:',
    '  lastBackupTime string: When the last backup ended',
    '  conditions []object',
  ].join('\n'),
  outlineTokens: 260,
}
