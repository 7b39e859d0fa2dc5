/**
 * `opens` and `closes`: start and end of reasoning, which may contain drafts. `answers`: start of the answer, end of reasoning.
 * `turn`: a further user message, invented by the model or echoed from the prompt.
 */
export interface Marker {
  kind: 'opens' | 'closes' | 'answers' | 'turn'
  index: number
}

/** More markers indicate a runaway answer. */
const MAX_MARKERS = 1_000

const TAG =
  /<[^<>{}]{1,80}>|\[[^[\]{}"]{1,40}\]|◁[^◁▷]{1,20}▷|\bassistantfinal\b|\n-----definition |\n(?:###\s*)?(?:User|Human|Instruction):/gi

const REASONING =
  /think|thought|reason|reflect|analy[sz]|scratchpad|monologue|rationale|inner_(?:pre|suf)fix|unused9[45]/
const CLOSING = /^.\|?\/|end_|inner_suffix|unused95/
const ANSWER =
  /^.\|?(?:begin_of_|start_)?(?:final|answer|solution|output|response|tool_calls?|function)\b/
const CHANNEL = /^<\|?channel\|?>$/
const TURN =
  /^<\|im_start\|>user|^<\|start_header_id\|>user|^<start_of_turn>user|^<\|?[|｜]?user[|｜]?\|?>|^\[inst\]|^\n/

/** Finds the tags and role markers in the text of a model, in order. */
export function findMarkers(text: string): Marker[] {
  const markers: Marker[] = []
  for (const { 0: tag, index } of text.matchAll(TAG)) {
    const kind = classifyTag(
      tag.toLowerCase(),
      text.slice(index + tag.length, index + tag.length + 12),
    )
    if (kind) markers.push({ kind, index })
    if (markers.length >= MAX_MARKERS) break
  }
  return markers
}

function classifyTag(tag: string, following: string): Marker['kind'] | undefined {
  const next = following.trimStart().toLowerCase()
  if (TURN.test(tag + next)) return 'turn'
  // The Harmony format and similar ones name the channel after the tag.
  if (CHANNEL.test(tag)) return REASONING.test(next) ? 'opens' : 'answers'
  if (tag === 'assistantfinal' || ANSWER.test(tag)) return 'answers'
  if (!REASONING.test(tag)) return undefined
  return CLOSING.test(tag) ? 'closes' : 'opens'
}
