import type { ModelCall, Stage } from './model-call.ts'

/** Gives requests for the provider `demo` rule-based answers, which need no account and no permit. */
export function withRuleBasedAnswers(answerByRules: ModelCall): Stage {
  return (next) => (request) =>
    request.route.provider === 'demo' ? answerByRules(request) : next(request)
}
