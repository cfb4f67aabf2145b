// The filters of `stripe logs tail`.
import { invalidRequest } from '../api/errors.js'

/** A request that was answered, as `stripe logs tail` shows it. */
export interface AnsweredRequest {
  requestId: string
  method: string
  path: string
  status: number
  /** The `error` of the answer, if there is one. */
  error: Record<string, unknown>
}

type Filter = (request: AnsweredRequest, value: string) => boolean

/** Every filter of `stripe logs tail`. All requests come from this machine, through the API, for the account itself. */
const FILTERS: Record<string, Filter> = {
  filter_account: (_request, value) => value.toLowerCase() === 'self',
  filter_ip_address: (_request, value) => value === '127.0.0.1' || value === '::1',
  filter_http_method: ({ method }, value) => method === value.toUpperCase(),
  filter_request_path: ({ path }, value) => path === value,
  filter_request_status: ({ status }, value) =>
    value.toUpperCase() === (status < 400 ? 'SUCCEEDED' : 'FAILED'),
  filter_source: (_request, value) => value.toUpperCase() === 'API',
  filter_status_code: ({ status }, value) => String(status) === value,
  filter_status_code_type: ({ status }, value) => String(status).startsWith(value.charAt(0)),
}

/**
 * Returns whether a request matches at least one value of every filter.
 * @param text JSON object: filter name → values
 */
export function logFilters(text: string): (request: AnsweredRequest) => boolean {
  const given = Object.entries(parse(text)).filter(([, values]) => values.length > 0)
  return (request) =>
    given.every(([name, values]) => values.some((value) => FILTERS[name]?.(request, value) ?? true))
}

function parse(text: string): Record<string, string[]> {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    throw invalidRequest('Invalid filters: not a JSON object', 'filters')
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidRequest('Invalid filters: not a JSON object', 'filters')
  }
  const entries = Object.entries(given).map(([name, values]): [string, string[]] => {
    if (FILTERS[name] === undefined) throw invalidRequest(`Unknown filter: ${name}`, 'filters')
    return [name, [values].flat().map(String)]
  })
  return Object.fromEntries(entries)
}
