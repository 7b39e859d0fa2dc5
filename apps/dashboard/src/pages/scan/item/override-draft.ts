import type { CapabilityView } from '@capstan/shared/contract/capability'
import type { OverrideRequest } from '@capstan/shared/contract/catalog/override-request'

/** Fields of a correction as a person edits them. Lists have one entry a line. */
export interface OverrideDraft {
  description: string
  useCase: string
  capabilities: string
  providers: string
  complexity: CapabilityView['complexity']
  note: string
}

export function toDraft(row: CapabilityView): OverrideDraft {
  return {
    description: row.description,
    useCase: row.useCase,
    capabilities: row.capabilities.join('\n'),
    providers: row.providers.join('\n'),
    complexity: row.complexity,
    note: row.override?.note ?? '',
  }
}

/** Returns the correction: earlier corrected fields, and the fields that differ from the row. */
export function readChanges(row: CapabilityView, draft: OverrideDraft): OverrideRequest {
  const capabilities = splitLines(draft.capabilities)
  const providers = splitLines(draft.providers)
  const description = draft.description.trim()
  const useCase = draft.useCase.trim()
  return {
    note: draft.note.trim() || null,
    fields: {
      ...row.override?.fields,
      ...(description === row.description ? {} : { description }),
      ...(useCase === row.useCase ? {} : { useCase }),
      ...(capabilities.join('\n') === row.capabilities.join('\n') ? {} : { capabilities }),
      ...(providers.join('\n') === row.providers.join('\n') ? {} : { providers }),
      ...(draft.complexity === row.complexity ? {} : { complexity: draft.complexity }),
    },
  }
}

function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}
