import type { ModelCall, Stage } from './model-call.ts'

/** Answers requests for the provider `demo` by rules, which need no account and no permit. */
export function withRuleBasedAnswers(answerByRules: ModelCall): Stage {
  return (next) => (request) =>
    request.route.provider === 'demo' ? answerByRules(request) : next(request)
}
