import { FERRY, ferry, LIGHTHOUSE, lighthouse, type InvalidAnswer } from './answer-fixture.ts'

type Change = Record<string, unknown>

const changed = (name: string, change: Change, fault: string): InvalidAnswer => ({
  name,
  text: JSON.stringify({ ...LIGHTHOUSE, ...change }),
  fault,
})

const cut = (name: string, text: string): InvalidAnswer => ({
  name,
  text,
  stop: 'length',
  fault: '',
})

const NO_OBJECT = 'no JSON object'
const NOT_COMPLETE = 'not complete'
const schema = {
  type: 'object',
  properties: Object.fromEntries(Object.keys(LIGHTHOUSE).map((name) => [name, { type: 'string' }])),
  required: Object.keys(LIGHTHOUSE),
}

/** Texts without an answer, or with an ambiguous one. */
export const INVALID_ANSWERS: InvalidAnswer[] = [
  { name: 'nothing', text: '', fault: NO_OBJECT },
  { name: 'prose', text: 'I would call it a lighthouse.', fault: NO_OBJECT },
  { name: 'another object', text: '{"ok": true}', fault: NO_OBJECT },
  { name: 'an empty list', text: '[]', fault: NO_OBJECT },
  { name: 'a web page', text: '<html><body>{capabilities}</body></html>', fault: NO_OBJECT },
  { name: 'an echo of the schema', text: JSON.stringify(schema), fault: 'capabilities' },
  {
    name: 'a template',
    text: JSON.stringify({ ...LIGHTHOUSE, complexity: 'low|medium|high', confidence: 0 }),
    fault: 'complexity',
  },
  { name: 'a list of two answers', text: `[${lighthouse}, ${ferry}]`, fault: 'different answers' },
  {
    name: 'two answers in a wrapper',
    text: JSON.stringify({ first: LIGHTHOUSE, second: FERRY }),
    fault: 'different answers',
  },
  changed('a missing member', { useCase: undefined }, 'useCase'),
  changed('a number for a text', { description: 7 }, 'description'),
  changed('an empty text', { description: ' ' }, 'description'),
  changed('no capability', { capabilities: null }, 'capabilities'),
  changed('an object for a phrase', { capabilities: [{ name: 'lamp' }] }, 'capabilities.0'),
  changed('an empty phrase', { searchPhrases: ['lamp', ''] }, 'searchPhrases.1'),
  changed('a complexity between two', { complexity: 'low to medium' }, 'complexity'),
  changed('an unknown complexity', { complexity: 'purple' }, 'complexity'),
  changed('a list for a complexity', { complexity: ['low'] }, 'complexity'),
  changed('a confidence that may be a percentage or a mark', { confidence: 8 }, 'confidence'),
  changed('a negative confidence', { confidence: -0.5 }, 'confidence'),
  changed('a confidence above all', { confidence: 850 }, 'confidence'),
  changed('a range of confidence', { confidence: '0.7 to 0.9' }, 'confidence'),
  changed('a confidence without a number', { confidence: 'who knows' }, 'confidence'),
  changed('no confidence', { confidence: null }, 'confidence'),
  {
    name: 'an object that ends inside of a string',
    text: lighthouse.slice(0, -4),
    fault: NOT_COMPLETE,
  },
  {
    name: 'an object that ends after a comma',
    text: lighthouse.slice(0, -18),
    fault: NOT_COMPLETE,
  },
  { name: 'deep nesting', text: '{"answer":'.repeat(500) + lighthouse.slice(1), fault: '' },
  {
    name: 'an answer that breaks off after a draft in reasoning',
    text: `<think>${ferry}</think>{"capabilities": ["lamp`,
    fault: NOT_COMPLETE,
  },
  {
    name: 'an answer with a fault after a draft in reasoning',
    text: `<think>${ferry}</think>${JSON.stringify({ ...LIGHTHOUSE, useCase: 1 })}`,
    fault: 'useCase',
  },
  {
    name: 'an answer in a string of a faulty answer',
    text: JSON.stringify({ ...LIGHTHOUSE, description: ferry, useCase: 1 }),
    fault: 'useCase',
  },
  cut('cut inside of a string', lighthouse.slice(0, 150)),
  cut('cut before the last brace', lighthouse.slice(0, -1)),
  cut('cut in reasoning that holds a draft', `<think>Perhaps ${ferry} or`),
  cut('cut after reasoning that holds a draft', `<think>${ferry}</think>\n{"capabilities": ["la`),
  cut('cut after a closing tag alone', `${ferry}</think>\n\nSo the answer`),
  cut(
    'cut behind an answer in a string',
    `{"capabilities": ["lamp"], "description": ${JSON.stringify(ferry)}, "useCase": "When`,
  ),
  cut(
    'cut behind an answer in single quotes in a string',
    `{"capabilities": ["lamp"], "description": "as ${ferry.replaceAll('"', "'")}", "useCase": "When`,
  ),
]
