import type { Definition } from '@capstan/shared/contract/definition'
import {
  buildMultiTypePrompt,
  type MultiTypePrompt,
} from '@capstan/shared/inference/multi-type-prompt'
import type { ModelAnswer, Question } from '@capstan/shared/inference/types'
import type { CallSize, WaitReason } from '@capstan/limits/types'
import { withAbort } from '@capstan/shared/async/with-abort'
import type { SentKind } from '../call/make-call.ts'
import type { Asked, AskOptions } from '../gate/model-gate.ts'
import { giveUp, handOut } from './hand-out.ts'
import type { Asking, Member, Pack, PackedAnswer } from './pack.ts'

/** Calls about several types at once, made of questions that wait for the same turn. */
export interface Packs {
  /** Whether the type is small enough to share a call. */
  takes(definition: Pick<Definition, 'outlineTokens'>): boolean
  /** Throws what the call throws, which is the same for all who share it, or the signal's reason. */
  ask(asked: Asked, asking: Asking): Promise<PackedAnswer>
}

type MakeCall = (
  asked: Asked,
  question: Question,
  options: Pick<AskOptions, 'signal' | 'sent' | 'growth' | 'mayRepeat'>,
) => Promise<ModelAnswer>

/** Why the place of a question is given up that another one has taken along. */
export const TAKEN_ALONG = 'another question takes it along'
/** Three of four types of a large cluster; a pack of eight is as long as two prompts then. */
const SMALL_TOKENS = 300
/**
 * A call about many uses as much output as many calls, and as many slots as it takes longer: who waits for those asks about
 * half as many, so that a pack is as large as one limit makes it worth and another one leaves room for.
 */
const WORTH_PACKING: ReadonlySet<WaitReason> = new Set(['requests', 'input-tokens', 'tokens'])

/**
 * Everybody waits for a turn of their own, so nobody is slower when nothing binds. Whose turn comes first takes along
 * who waits behind it, up to `most`; those leave the line.
 */
export function openPacks(makeCall: MakeCall, most: number): Packs {
  const lines = new Map<string, Set<Pack>>()
  return {
    takes: ({ outlineTokens }) => outlineTokens <= SMALL_TOKENS,
    ask: async (asked, asking) => {
      const { signal, question } = asking
      signal.throwIfAborted()
      const line = lineOf(lines, asked)
      const { promise, ...settle } = Promise.withResolvers<PackedAnswer>()
      const pack: Pack = { members: [], room: 1, call: new AbortController() }
      const member: Member = { ...asking, ...settle, pack }
      pack.members.push(member)
      line.add(pack)
      const growth = {
        size: () => sizeOf(buildQuestion(candidates(line, pack)).question),
        onWait: ({ because }: { because: WaitReason }): void => {
          pack.room = WORTH_PACKING.has(because) ? most : Math.ceil(pack.room / 2)
        },
        close: (granted: CallSize) => close(line, pack, granted),
        question: () => pack.closed?.question ?? question,
      }
      const sent = (kind: SentKind): void => {
        const [first, ...others] = pack.members
        first?.sent(kind)
        for (const other of others) other.shared?.()
      }
      // Only a call about one type may be: the one that is left when it has grown no further.
      const mayRepeat = async () => (await pack.members[0]?.mayRepeat?.()) ?? true
      const options = { signal: pack.call.signal, sent, growth, mayRepeat }
      void makeCall(asked, question, options).then(
        (answer) => handOut(pack, answer),
        (error: unknown) => giveUp(pack, error),
      )
      try {
        return await withAbort(promise, signal)
      } finally {
        leave(line, member, signal)
      }
    },
  }
}

function lineOf(lines: Map<string, Set<Pack>>, { provider, model }: Asked): Set<Pack> {
  const name = JSON.stringify([provider, model])
  const line = lines.get(name) ?? new Set()
  lines.set(name, line)
  return line
}

/** Who would be asked about now, first come first. */
function candidates(line: Set<Pack>, pack: Pack): Member[] {
  if (pack.room === 1) return pack.members
  const others = [...line].filter((other) => other !== pack).flatMap(({ members }) => members)
  return [...pack.members, ...others].slice(0, pack.room)
}

function buildQuestion(members: Member[]): MultiTypePrompt {
  const [only] = members
  if (only && members.length === 1) return { question: only.question, labels: [] }
  return buildMultiTypePrompt(members.map(({ definition }) => definition.outline))
}

function sizeOf({ system, user, maxOutputTokens, types }: Question): CallSize {
  return { characters: system.length + user.length, maxOutputTokens, types }
}

/** Fixes whom the call asks about: as many as its turn was granted for. False when nobody is left. */
function close(line: Set<Pack>, pack: Pack, granted: CallSize): boolean {
  if (pack.closed || pack.call.signal.aborted) return false
  const found = candidates(line, pack)
  line.delete(pack)
  for (let count = found.length; count > 0; count -= 1) {
    const asked = found.slice(0, count)
    const built = buildQuestion(asked)
    if (count > 1 && !fits(sizeOf(built.question), granted)) continue
    for (const member of asked.slice(1)) takeAlong(line, pack, member)
    pack.closed = { ...built, asked }
    break
  }
  return pack.closed !== undefined
}

function fits(size: CallSize, granted: CallSize): boolean {
  return (
    size.characters <= granted.characters &&
    size.maxOutputTokens <= granted.maxOutputTokens &&
    (size.types ?? 1) <= (granted.types ?? 1)
  )
}

function takeAlong(line: Set<Pack>, pack: Pack, member: Member): void {
  const { pack: before } = member
  line.delete(before)
  before.members = []
  member.pack = pack
  pack.members.push(member)
  before.call.abort(TAKEN_ALONG)
}

/** A call goes on as long as anybody wants its answer. */
function leave(line: Set<Pack>, member: Member, signal: AbortSignal): void {
  const { pack } = member
  pack.members = pack.members.filter((other) => other !== member)
  if (pack.members.length > 0) return
  line.delete(pack)
  pack.call.abort(signal.reason)
}
