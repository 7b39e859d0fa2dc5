import { withoutSchema } from '../crds/without-schema.ts'
import type { StoredCrd } from '../crds/stored-crd.ts'
import type { Faults } from '../faults.ts'

/** How one CRD is written: whole or metadata only, as a list item or an object of its own. */
export interface CrdForm {
  metadataOnly: boolean
  faults: Faults
}

/** A list item; a real server leaves kind and apiVersion out of whole items, but not of metadata-only ones. */
export function crdItem(crd: StoredCrd, form: CrdForm): string {
  return form.metadataOnly ? crdObject(crd, form) : itemText(crd, form.faults)
}

/** An object by itself, in an answer to GET or in a watch event. */
export function crdObject(crd: StoredCrd, form: CrdForm): string {
  if (form.metadataOnly) {
    return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":${crd.metadataJson}}`
  }
  const text = itemText(crd, form.faults)
  return `{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1",${text.slice(1)}`
}

function itemText(crd: StoredCrd, faults: Faults): string {
  const text = faults.schemaless?.includes(crd.name) ? withoutSchema(crd).json : crd.json
  if (!faults.notEstablished?.includes(crd.name)) return text
  const item = JSON.parse(text)
  for (const condition of item.status.conditions) {
    if (condition.type !== 'Established') continue
    Object.assign(condition, { status: 'False', reason: 'Installing', message: '' })
  }
  return JSON.stringify(item)
}
