import { removeSchema } from '../crds/remove-schema.ts'
import type { StoredCrd } from '../crds/stored-crd.ts'
import type { Faults } from '../faults.ts'

/** How a CRD is rendered: complete or metadata only, as a list item or a single object. */
export interface CrdForm {
  metadataOnly: boolean
  faults: Faults
}

/**
 * Renders a list item. A real server omits kind and apiVersion of complete items, but not of metadata-only
 * ones.
 */
export function renderCrdItem(crd: StoredCrd, form: CrdForm): string {
  return form.metadataOnly ? renderCrdObject(crd, form) : renderItem(crd, form.faults)
}

/** Renders a single object, for GET or a watch event. */
export function renderCrdObject(crd: StoredCrd, form: CrdForm): string {
  if (form.metadataOnly) {
    return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${crd.metadataJson}}`
  }
  const text = renderItem(crd, form.faults)
  return `{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1",${text.slice(1)}`
}

function renderItem(crd: StoredCrd, faults: Faults): string {
  const text = faults.schemaless?.includes(crd.name) ? removeSchema(crd).json : crd.json
  if (!faults.notEstablished?.includes(crd.name)) return text
  const item = JSON.parse(text)
  for (const condition of item.status.conditions) {
    if (condition.type !== 'Established') continue
    Object.assign(condition, { status: 'False', reason: 'Installing', message: '' })
  }
  return JSON.stringify(item)
}
