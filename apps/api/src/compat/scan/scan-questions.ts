import type { CompatSession } from './session-store.ts'
import { buildSuccess, type ToolAnswer } from '../tool-answer.ts'

const TOOL = 'dot-ai:manageOrgData'

/** Asks the first question: all types or some. */
export function askForSelection({ sessionId }: CompatSession): ToolAnswer {
  const step = 'resource-selection'
  return buildSuccess('scan', {
    sessionId,
    REQUIRED_NEXT_CALL: describeNextCall(sessionId, step, { response: 'user_choice_here' }),
    workflow: {
      step,
      sessionId,
      question: 'Scan every type of the cluster, or only some?',
      options: [
        { number: 1, value: 'all', display: '1. all - every type of the cluster' },
        { number: 2, value: 'specific', display: '2. specific - types that you name' },
      ],
      instruction: 'Let the user choose. The response is a number or a word.',
      userPrompt: 'Should every type of the cluster be scanned, or only some?',
    },
  })
}

/** Asks the second question: which types. */
export function askForList({ sessionId }: CompatSession): ToolAnswer {
  const step = 'resource-specification'
  return buildSuccess('scan', {
    sessionId,
    REQUIRED_NEXT_CALL: describeNextCall(sessionId, step, {
      resourceList: 'user_resource_list_here',
    }),
    workflow: {
      step,
      sessionId,
      question: 'Which types should be scanned?',
      instruction: 'Let the user name the types. Do not choose for the user.',
      userPrompt: 'Which types should be scanned?',
      resourceFormat: {
        description: 'Comma-separated names',
        format: 'Kind.group, or Kind for core types',
        examples: { grouped: ['Deployment.apps', 'Certificate.cert-manager.io'], core: ['Pod'] },
      },
    },
  })
}

function describeNextCall(sessionId: string, step: string, answer: Record<string, string>) {
  return {
    tool: TOOL,
    parameters: { dataType: 'capabilities', operation: 'scan', sessionId, step, ...answer },
    note: 'A request with a sessionId requires the step.',
  }
}
