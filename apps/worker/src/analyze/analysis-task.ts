import type { Catalog } from '@capstan/catalog/catalog'
import { classifyProvider } from '@capstan/shared/contract/answer-source'
import type { Definition } from '@capstan/shared/contract/definition'
import { buildCapabilityRow } from '@capstan/shared/inference/build-capability-row'
import { buildQuestion, buildRepairQuestion, promptVersion } from '@capstan/shared/inference/prompt'
import { summarizeAnswer, type AnswerSummary } from '@capstan/shared/inference/summarize-answer'
import { judgeResult } from '@capstan/shared/inference/suspicion/judge-result'
import type { Question } from '@capstan/shared/inference/types'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { CallItem, StoredAnswer } from '../call/model-call.ts'
import { readAnswer } from '../call/answers/read-answer.ts'
import type { AnswerReader } from '../call/with-repair.ts'
import { STORE_MS } from '../accounts/time-limits.ts'

/** One kind of analysis: the question about a definition, the reader of its answer, and the store of the answer. */
export interface AnalysisTask {
  /** Changes with every word of the prompt and of the answer schema. */
  promptVersion: string
  buildQuestion(definition: Definition): Question
  reader: AnswerReader
  /** Stores an answer under its type. A repeated call changes nothing. */
  store(item: CallItem, answer: StoredAnswer): Promise<AnswerSummary>
}

/** The task of a scan: what a resource type is for, stored as a row of the catalog. */
export function openCapabilityTask(catalog: Pick<Catalog, 'put'>): AnalysisTask {
  return {
    promptVersion,
    buildQuestion,
    reader: { read: readAnswer, buildRepair: buildRepairQuestion },
    store: async ({ claim, definition }, { result, answeredBy }) => {
      const judged = judgeResult(definition, result, classifyProvider(answeredBy.provider))
      const row = buildCapabilityRow({ ...claim, by: answeredBy }, definition, judged)
      await withTimeout(catalog.put([row]), STORE_MS, 'the catalog')
      return summarizeAnswer(judged.answer)
    },
  }
}
