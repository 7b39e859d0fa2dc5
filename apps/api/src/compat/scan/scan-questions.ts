import type { Session } from './session-store.ts'
import { succeeded, type ToolAnswer } from '../tool-answer.ts'

const TOOL = 'dot-ai:manageOrgData'

/** The first question: everything, or some types. */
export function askForSelection({ sessionId }: Session): ToolAnswer {
  const step = 'resource-selection'
  return succeeded('scan', {
    sessionId,
    REQUIRED_NEXT_CALL: nextCall(sessionId, step, { response: 'user_choice_here' }),
    workflow: {
      step,
      sessionId,
      question: 'Scan every type of the cluster, or only some?',
      options: [
        { number: 1, value: 'all', display: '1. all - every type of the cluster' },
        { number: 2, value: 'specific', display: '2. specific - types that you name' },
      ],
      instruction: 'Let the user choose; an answer is a number or a word.',
      userPrompt: 'Should every type of the cluster be scanned, or only some?',
    },
  })
}

/** The second question: which types. */
export function askForList({ sessionId }: Session): ToolAnswer {
  const step = 'resource-specification'
  return succeeded('scan', {
    sessionId,
    REQUIRED_NEXT_CALL: nextCall(sessionId, step, { resourceList: 'user_resource_list_here' }),
    workflow: {
      step,
      sessionId,
      question: 'Which types should be scanned?',
      instruction: 'Let the user name the types; do not choose for them.',
      userPrompt: 'Which types should be scanned?',
      resourceFormat: {
        description: 'Names with commas between',
        format: 'Kind.group, or Kind for core types',
        examples: { grouped: ['Deployment.apps', 'Certificate.cert-manager.io'], core: ['Pod'] },
      },
    },
  })
}

function nextCall(sessionId: string, step: string, answer: Record<string, string>) {
  return {
    tool: TOOL,
    parameters: { dataType: 'capabilities', operation: 'scan', sessionId, step, ...answer },
    note: 'With a sessionId the step is always needed.',
  }
}
