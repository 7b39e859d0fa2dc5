import type { CrdManifest } from './crd-manifest.ts'

/** Field ownership as a server records it. Readers must exclude it from their hashes. */
export function buildManagedFields(manifest: CrdManifest, time: string) {
  const entry = {
    operation: 'Update',
    apiVersion: manifest.apiVersion,
    time,
    fieldsType: 'FieldsV1',
  }
  const listConditionFields = (type: string) => [
    `k:{"type":"${type}"}`,
    buildFields(['.', 'lastTransitionTime', 'message', 'reason', 'status', 'type']),
  ]
  const status = {
    'f:acceptedNames': buildFields(Object.keys(manifest.spec.names)),
    'f:conditions': Object.fromEntries([
      listConditionFields('Established'),
      listConditionFields('NamesAccepted'),
    ]),
  }
  const applied = {
    'f:metadata': {
      'f:annotations': buildFields(['.', ...Object.keys(manifest.metadata['annotations'] ?? {})]),
    },
    'f:spec': {
      ...buildFields(['group', 'scope', 'versions']),
      'f:names': buildFields(Object.keys(manifest.spec.names)),
    },
  }
  return [
    { manager: 'apiserver', ...entry, fieldsV1: { 'f:status': status }, subresource: 'status' },
    { manager: 'helm', ...entry, fieldsV1: applied },
  ]
}

function buildFields(names: string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name === '.' ? '.' : `f:${name}`, {}]))
}
