import type { ModelList } from '@capstan/llm/list-models'
import type { EndpointProblem } from '@capstan/shared/contract/worker-status'
import { PLAIN_SETTINGS } from './endpoint-config.ts'
import type { AccountSettings } from './account-settings.ts'

/** Default model of an endpoint, and its problems. */
export interface EndpointState {
  /** Null: there is no default, so a scan must name a model. */
  model: string | null
  problem: EndpointProblem | null
}

const SHOWN = 10

/**
 * Chooses the stated model, or the only one in the list of the endpoint, and reports problems. `isUsual`: CAPSTAN_MODEL applies
 * to this account.
 */
export function chooseModel(
  account: AccountSettings,
  list: ModelList,
  isUsual: boolean,
): EndpointState {
  const { model: stated } = account
  const place = nameSettings(account, isUsual)
  if (list.outcome === 'listed') {
    const found = chooseFromList(list, stated)
    if (found !== null) return { model: found, problem: null }
    return { model: stated ?? null, problem: describeNoMatch(list, stated, place) }
  }
  const isFine = stated !== undefined && list.outcome === 'unlisted' && !list.rightBaseUrl
  return {
    model: stated ?? null,
    problem: isFine ? null : describeMissingList(account, list, place),
  }
}

interface Place {
  url: string
  /** Names of the settings of this account, for messages. */
  setBaseUrl: string
  setKey: string
  setModel: string
}

function nameSettings({ name, provider, baseUrl = '' }: AccountSettings, isUsual: boolean): Place {
  const isPlain = name === provider
  const { key, baseUrl: setting } = PLAIN_SETTINGS[provider]
  const of = `of ${name} in CAPSTAN_ACCOUNTS`
  const usual = isUsual ? 'Set CAPSTAN_MODEL' : `Set CAPSTAN_PROVIDER=${provider} and CAPSTAN_MODEL`
  return {
    url: baseUrl,
    setBaseUrl: isPlain ? `Set ${setting}` : `Set baseUrl ${of}`,
    setKey: isPlain ? `Set ${key}` : `Set apiKey ${of}`,
    setModel: isPlain ? usual : `Set model ${of}`,
  }
}

type Listed = Extract<ModelList, { outcome: 'listed' }>

/** The stated model if it is listed; without a stated model, the only listed one. */
function chooseFromList({ models, others }: Listed, stated: string | undefined): string | null {
  if (stated === undefined) return models.length === 1 ? (models[0] ?? null) : null
  // Ollama reads a name without a tag as `latest`.
  return [...models, ...others].some((name) => name === stated || name === `${stated}:latest`)
    ? stated
    : null
}

function describeNoMatch(list: Listed, stated: string | undefined, place: Place): EndpointProblem {
  const { models, others } = list
  if (models.length === 0) {
    const only = others.length === 0 ? '' : `, only ${formatNames(others)}`
    const model = stated === undefined ? 'no model that answers questions' : `no model ${stated}`
    return {
      detail: `${place.url} has ${model}${only}`,
      hint: 'Load a model there, such as by `ollama pull` or in its settings.',
    }
  }
  if (stated === undefined) {
    return {
      detail: `${place.url} has ${models.length} models: ${formatNames(models)}`,
      hint: `${place.setModel} to one of them, or name \`model\` in each scan.`,
    }
  }
  return {
    detail: `${place.url} does not list the model ${stated}; it lists ${formatNames(models)}`,
    hint: `${place.setModel} to one of them.`,
  }
}

function formatNames(names: string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `${names.slice(0, SHOWN).join(', ')}${more}`
}

function describeMissingList(
  { model, apiKey }: AccountSettings,
  list: Exclude<ModelList, Listed>,
  { url, setBaseUrl, setKey, setModel }: Place,
): EndpointProblem {
  const { outcome, detail } = list
  switch (outcome) {
    case 'refused':
      return apiKey === undefined
        ? { detail: `${url} wants a key (${detail})`, hint: `${setKey}.` }
        : { detail: `${url} refuses the key (${detail})`, hint: `${setKey} to another one.` }
    case 'unreachable':
      return {
        detail: `${url} does not answer (${detail}); the worker asks again until it does`,
        hint:
          list.hint ??
          `Start the server, or ${lowerFirst(setBaseUrl)} to its address as the workers reach it: in a container, localhost is the container itself.`,
      }
    case 'unlisted':
      if (list.rightBaseUrl !== undefined) {
        return {
          detail: `${url} has no list of models (${detail}), and ${list.rightBaseUrl} has one`,
          hint: `${setBaseUrl} to ${list.rightBaseUrl}.`,
        }
      }
      return {
        detail: `${url} has no list of models (${detail})${model === undefined ? ', so the model to use is not known' : ''}`,
        hint: `${setModel} to the name of a model there; check the base URL, which mostly ends in /v1.`,
      }
  }
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`
}
