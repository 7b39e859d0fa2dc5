import { ferry, lighthouse, prettyLighthouse, buildLighthouseAnswers } from './answer-fixture.ts'

const thought = 'It needs {lamp: true}, so a light. [1] Or a ferry?'

/** Reasoning inside the answer text: from servers that do not separate it, and models with unknown tags. */
export const REASONED_ANSWERS = [
  ...buildLighthouseAnswers({
    'think tags': `<think>\n${thought}\n</think>\n\n${lighthouse}`,
    'an empty think block': `<think>\n\n</think>\n\n${lighthouse}`,
    'thinking tags': `<thinking>${thought}</thinking>${prettyLighthouse}`,
    'reasoning tags in capitals': `<REASONING>${thought}</REASONING>\n${lighthouse}`,
    'reflection after thought': `<thought>${thought}</thought><reflection>Fine.</reflection>${lighthouse}`,
    'think and answer tags': `<think>${thought}</think>\n<answer>\n${lighthouse}\n</answer>`,
    'a tag with a namespace': `<seed:think>${thought}</seed:think>${lighthouse}`,
    'a tag with attributes': `<details type="reasoning" done="true">\n${thought}\n</details>\n${lighthouse}`,
    'tags in square brackets': `[THINK]${thought}[/THINK]${lighthouse}`,
    'tags in triangles': `◁think▷${thought}◁/think▷${lighthouse}`,
    'begin and end of thought': `<|begin_of_thought|>${thought}<|end_of_thought|>\n<|begin_of_solution|>${lighthouse}<|end_of_solution|>`,
    'start and end of thinking': `<|START_THINKING|>${thought}<|END_THINKING|><|START_RESPONSE|>${lighthouse}<|END_RESPONSE|>`,
    'harmony channels': `<|channel|>analysis<|message|>${thought}<|end|><|start|>assistant<|channel|>final<|message|>${lighthouse}<|return|>`,
    'harmony without its special tokens': `analysis${thought} ${ferry} assistantfinal${lighthouse}`,
    'a thought channel': `<|channel>thought\n${thought}<channel|>${lighthouse}`,
    'a closing tag alone': `${thought}\n</think>\n\n${lighthouse}`,
    'a closing tag alone after a draft': `${thought} ${ferry}\n</think>\n${lighthouse}`,
    'a draft in reasoning before the answer': `<think>First: ${ferry} No.</think>${lighthouse}`,
    'a draft that was broken off in a string': `<think>{"capabilities": ["ferry cross</think>${lighthouse}`,
    'a draft that was broken off, and a closing tag alone': `{"capabilities": [oh no\n</think>\n${lighthouse}`,
    'a draft after the answer, in reasoning': `${lighthouse}\n<think>Or was it ${ferry}?</think>`,
    'two blocks of reasoning': `<think>${thought}</think>Well.<think>${ferry}</think>${lighthouse}`,
    'reasoning that does not end, and an answer tag': `<think>${ferry} no, better:\n<answer>${lighthouse}</answer>`,
    'reasoning that does not end, with the only answer in it': `<think>${thought} ${lighthouse}`,
    'reasoning with the only answer, and a remark after it': `<think>${lighthouse}</think>That is my answer.`,
    'reasoning without tags': `Okay, the user wants one object. ${thought} Draft: ${ferry}\nFinal answer: ${lighthouse}`,
    'reasoning as markdown': `**Analysis**\n\n> ${thought}\n\n---\n\n**Answer**\n\n${prettyLighthouse}`,
  }),
]
