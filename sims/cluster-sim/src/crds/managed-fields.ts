import type { CrdManifest } from './crd-manifest.ts'

/** Field ownership as a server records it. Readers must exclude it from their hashes. */
export function buildManagedFields(manifest: CrdManifest, time: string) {
  const entry = {
    operation: 'Update',
    apiVersion: manifest.apiVersion,
    time,
    fieldsType: 'FieldsV1',
  }
  const condition = (type: string) => [
    `k:{"type":"${type}"}`,
    fields(['.', 'lastTransitionTime', 'message', 'reason', 'status', 'type']),
  ]
  const status = {
    'f:acceptedNames': fields(Object.keys(manifest.spec.names)),
    'f:conditions': Object.fromEntries([condition('Established'), condition('NamesAccepted')]),
  }
  const applied = {
    'f:metadata': {
      'f:annotations': fields(['.', ...Object.keys(manifest.metadata['annotations'] ?? {})]),
    },
    'f:spec': {
      ...fields(['group', 'scope', 'versions']),
      'f:names': fields(Object.keys(manifest.spec.names)),
    },
  }
  return [
    { manager: 'apiserver', ...entry, fieldsV1: { 'f:status': status }, subresource: 'status' },
    { manager: 'helm', ...entry, fieldsV1: applied },
  ]
}

function fields(names: string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name === '.' ? '.' : `f:${name}`, {}]))
}
