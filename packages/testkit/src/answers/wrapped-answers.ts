import {
  ferry,
  LIGHTHOUSE,
  lighthouse,
  prettyLighthouse,
  buildLighthouseAnswers,
} from './answer-fixture.ts'

const BOM = '\uFEFF'
const turn = '<|im_end|>\n<|im_start|>user\nAnd a ferry?<|im_end|>\n<|im_start|>assistant\n'

/** Prose, code fences, wrapper objects and strings around the answer. */
export const WRAPPED_ANSWERS = [
  ...buildLighthouseAnswers({
    bare: lighthouse,
    'over several lines': prettyLighthouse,
    'prose before': `Certainly. ${lighthouse}`,
    'prose before and after, with braces': `Of {the} kind [1]:\n${lighthouse}\nI hope {this} helps [2].`,
    'a lone brace before': `It begins with { and it's over there: ${lighthouse}`,
    'a small object before': `With {"confidence": 0.2} at first, then ${lighthouse}`,
    'a small object after': `${lighthouse}\nNote: {"confidence": 0.8} is a guess.`,
    'a byte order mark': `${BOM}${lighthouse}`,
    'a byte order mark in a fence': `${BOM}\`\`\`json\n${BOM}${lighthouse}\n\`\`\``,
    'a fence': `\`\`\`json\n${prettyLighthouse}\n\`\`\``,
    'a fence without a language and with prose': `Here:\n\n\`\`\`\n${lighthouse}\n\`\`\`\n\nDone.`,
    'a fence on one line': `\`\`\`json ${lighthouse} \`\`\``,
    'a fence on one line without spaces': `\`\`\`${lighthouse}\`\`\``,
    'a json5 fence': `\`\`\`json5\n${lighthouse}\n\`\`\``,
    'a fence of tildes': `~~~jsonc\n${lighthouse}\n~~~`,
    'a fence that does not close': `\`\`\`json\n${lighthouse}`,
    'single back quotes': `\`${lighthouse}\``,
    'carriage returns': prettyLighthouse.replaceAll('\n', '\r\n'),
    'a fence with another fence of an example before': `\`\`\`yaml\nkind: Lamp\nspec: {a: [b}\n\`\`\`\n\`\`\`json\n${lighthouse}\n\`\`\``,
    'a list of one': `[${lighthouse}]`,
    'a list of one in a fence': `\`\`\`json\n[\n${prettyLighthouse}\n]\n\`\`\``,
    'a list with the same answer twice': `[${lighthouse}, ${lighthouse}]`,
    'a wrapper member': `{"answer": ${lighthouse}}`,
    'a wrapper member with reasoning beside': JSON.stringify({
      reasoning: 'x',
      result: LIGHTHOUSE,
    }),
    'two wrapper members': JSON.stringify({ data: { capability: LIGHTHOUSE } }),
    'additional members': JSON.stringify({ reasoning: 'x', ...LIGHTHOUSE, kind: 'Lamp' }),
    'the values in the place of the schema': JSON.stringify({
      type: 'object',
      properties: LIGHTHOUSE,
    }),
    'a tool call': JSON.stringify({ name: 'capability', arguments: LIGHTHOUSE }),
    'a tool call with its arguments as text': JSON.stringify({
      name: 'capability',
      arguments: lighthouse,
    }),
    'a list of tool calls': JSON.stringify([
      { id: '1', type: 'function', function: { name: 'capability', arguments: lighthouse } },
    ]),
    'a tool call in tags': `<tool_call>\n{"name": "capability", "arguments": ${lighthouse}}\n</tool_call>`,
    'a tool call behind a mark': `[TOOL_CALLS][{"name": "capability", "arguments": ${lighthouse}}]`,
    'a Python tag': `<|python_tag|>{"name": "capability", "parameters": ${lighthouse}}`,
    'JSON in a string': JSON.stringify(lighthouse),
    'JSON in a string in a string': JSON.stringify(JSON.stringify(prettyLighthouse)),
    'escaped JSON without its quotes': JSON.stringify(prettyLighthouse).slice(1, -1),
    'double braces': `{${lighthouse}}`,
    'a box': `<|begin_of_box|>${lighthouse}<|end_of_box|>`,
    'the end of a turn': `${lighthouse}<|eot_id|></s>`,
    'a made-up next turn': `${lighthouse}${turn}${ferry}`,
    'a made-up next definition': `${lighthouse}\n\n-----definition abc-----\nFerry\n-----end definition abc-----\n${ferry}`,
    'an echo of the question': `<|im_start|>user\nKind {a}<|im_end|>\n<|im_start|>assistant\n${lighthouse}`,
    'a correction after a first answer': `${ferry}\n\nWait, that is a ferry. Corrected:\n\n${lighthouse}`,
    'a tag in a string': lighthouse.replace('lamp change', 'lamp </think> change'),
  }).map((one) =>
    one.name === 'a tag in a string'
      ? {
          ...one,
          value: { ...LIGHTHOUSE, capabilities: ['lighthouse schedule', 'lamp </think> change'] },
        }
      : one,
  ),
  ...buildLighthouseAnswers({
    'an answer that closed before the cut': `${lighthouse}\n\nIn short, this`,
  }).map((one) => ({ ...one, stop: 'length' as const })),
  ...buildLighthouseAnswers({
    'a closed answer in a wrapper that was cut': `{"answer": ${lighthouse}, "notes": "The`,
  }).map((one) => ({ ...one, stop: 'length' as const })),
]
