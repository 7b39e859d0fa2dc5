import {
  buildMultiTypePrompt,
  type MultiTypePrompt,
} from '@capstan/shared/inference/multi-type-prompt'
import type { Question } from '@capstan/shared/inference/types'
import type { CallSize, WaitReason } from '@capstan/limits/types'
import type { Route } from '@capstan/scan-store/routes/route'
import type {
  CallProgress,
  CallRequest,
  CallResult,
  ItemRequest,
  ModelCall,
  ResizableQuestion,
  Stage,
} from '../model-call.ts'
import type { PendingPrompt, PromptMember } from './pending-prompt.ts'
import { failPrompt, splitAnswer } from './split-answer.ts'

/** Three of four types of a large cluster are smaller; a prompt about eight of them is as long as two others. */
const MAX_OUTLINE_TOKENS = 300
/**
 * A prompt about many types uses as much output as many calls, and a slot for longer. Only a wait for these limits lets it
 * grow to the maximum; a wait for another limit halves it.
 */
const WORTH_SHARING: ReadonlySet<WaitReason> = new Set(['requests', 'input-tokens', 'tokens'])

/**
 * Puts small types that wait for the same route into one prompt. Every request waits for a permit of its own. The first that is
 * admitted takes the requests behind it, up to `maxTypes`. Throws UnusablePartError for a request that has to be sent alone.
 */
export function withMultiTypePrompt(maxTypes: number): Stage {
  return (next) => {
    const queues = new Map<string, Set<PendingPrompt>>()
    return async (request) =>
      mayShare(request)
        ? share({ next, maxTypes, queue: getQueue(queues, request.route) }, request)
        : next(request)
  }
}

/** The other types of the previous prompt may have caused its failure. */
function mayShare(request: CallRequest): request is ItemRequest {
  const { item, isAlone, isRepair, maxWaitMs } = request
  if (!item || isAlone || isRepair || maxWaitMs === 0) return false
  return item.claim.attempt === 1 && item.definition.outlineTokens <= MAX_OUTLINE_TOKENS
}

interface SharedCall {
  next: ModelCall
  maxTypes: number
  /** Prompts that wait for admission. */
  queue: Set<PendingPrompt>
}

function share(call: SharedCall, request: ItemRequest): Promise<CallResult> {
  request.signal.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<CallResult>()
  const prompt: PendingPrompt = { members: [], maxTypes: 1, call: new AbortController() }
  const member: PromptMember = { request, prompt, resolve, reject }
  prompt.members.push(member)
  call.queue.add(prompt)
  const abort = (): void => leave(call.queue, member)
  request.signal.addEventListener('abort', abort, { once: true })
  void call
    .next({
      ...request,
      signal: prompt.call.signal,
      progress: wrapProgress(prompt, request.progress),
      resize: openResize(call, prompt),
    })
    .then(
      (result) => splitAnswer(prompt, result),
      (error: unknown) => failPrompt(prompt, error),
    )
  return promise.finally(() => {
    request.signal.removeEventListener('abort', abort)
    remove(call.queue, member)
  })
}

function getQueue(
  queues: Map<string, Set<PendingPrompt>>,
  { provider, model }: Route,
): Set<PendingPrompt> {
  const name = JSON.stringify([provider, model])
  const queue = queues.get(name) ?? new Set()
  queues.set(name, queue)
  return queue
}

/** The call is counted for the first type of the prompt. */
function wrapProgress(prompt: PendingPrompt, progress: CallProgress): CallProgress {
  return {
    ...progress,
    sent: (sent) => {
      for (const [index, { request }] of prompt.members.entries()) {
        request.progress.sent(sent, { isShared: index > 0 })
      }
    },
  }
}

function openResize({ queue, maxTypes }: SharedCall, prompt: PendingPrompt): ResizableQuestion {
  return {
    wait: (because) => {
      prompt.maxTypes = WORTH_SHARING.has(because) ? maxTypes : Math.ceil(prompt.maxTypes / 2)
    },
    estimate: () =>
      measureQuestion((prompt.sealed ?? buildPrompt(listCandidates(queue, prompt))).question),
    seal: (granted) => {
      if (prompt.call.signal.aborted) return undefined
      if (!prompt.sealed) seal(queue, prompt, granted)
      return prompt.sealed?.question
    },
  }
}

/** The requests that the prompt would contain now, in the order of their arrival. */
function listCandidates(queue: Set<PendingPrompt>, prompt: PendingPrompt): PromptMember[] {
  if (prompt.maxTypes === 1) return prompt.members
  const others = [...queue].filter((other) => other !== prompt).flatMap(({ members }) => members)
  return [...prompt.members, ...others].slice(0, prompt.maxTypes)
}

function buildPrompt(members: PromptMember[]): MultiTypePrompt {
  const [only] = members
  if (only && members.length === 1) return { question: only.request.question, labels: [] }
  return buildMultiTypePrompt(members.map(({ request }) => request.item.definition.outline))
}

function measureQuestion({ system, user, maxOutputTokens, types }: Question): CallSize {
  return { characters: system.length + user.length, maxOutputTokens, types }
}

/** Fixes the requests of the prompt: as many as fit into the size for which the permit was granted. */
function seal(queue: Set<PendingPrompt>, prompt: PendingPrompt, granted: CallSize): void {
  const found = listCandidates(queue, prompt)
  queue.delete(prompt)
  for (let count = found.length; count > 0; count -= 1) {
    const asked = found.slice(0, count)
    const built = buildPrompt(asked)
    if (count > 1 && !fits(measureQuestion(built.question), granted)) continue
    for (const member of asked.slice(1)) coalesce(queue, prompt, member)
    prompt.sealed = { ...built, asked }
    return
  }
}

function fits(size: CallSize, granted: CallSize): boolean {
  return (
    size.characters <= granted.characters &&
    size.maxOutputTokens <= granted.maxOutputTokens &&
    (size.types ?? 1) <= (granted.types ?? 1)
  )
}

/** Moves a request into another prompt; its own wait for admission ends. */
function coalesce(queue: Set<PendingPrompt>, prompt: PendingPrompt, member: PromptMember): void {
  const before = member.prompt
  queue.delete(before)
  before.members = []
  member.prompt = prompt
  prompt.members.push(member)
  before.call.abort('coalesced into another prompt')
}

/** An aborted request leaves its prompt. The last one aborts the call and fails with it, so that its cost is counted. */
function leave(queue: Set<PendingPrompt>, member: PromptMember): void {
  const { prompt, request, reject } = member
  if (prompt.members.some((other) => other !== member)) {
    remove(queue, member)
    reject(request.signal.reason)
    return
  }
  queue.delete(prompt)
  prompt.call.abort(request.signal.reason)
}

function remove(queue: Set<PendingPrompt>, member: PromptMember): void {
  const { prompt } = member
  prompt.members = prompt.members.filter((other) => other !== member)
  if (prompt.members.length === 0) queue.delete(prompt)
}
