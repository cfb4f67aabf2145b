// Validates request parameters.
import { emptyParameter, invalidRequest, missingParameter, unknownParameter } from './errors.js'
import type { FormTree, FormValue } from './form-body.js'
import { OPERATION_PARAMETERS, type ParameterType } from './parameter-types.js'

/**
 * Validates a request's parameters and returns them as the SDK's types describe them.
 * As at Stripe, only the first problem is reported, and unknown parameters before all others.
 */
export function readParameters(operation: string, form: FormTree): Record<string, unknown> {
  const type = OPERATION_PARAMETERS.get(operation)
  if (!type) throw new Error(`parameters.txt has no entry for ${operation}`)
  refuseUnknown(type, form, '')
  return readObject(type, form, '')
}

function refuseUnknown(type: ParameterType, form: FormTree, path: string): void {
  for (const [name, value] of Object.entries(form)) {
    const at = path === '' ? name : `${path}[${name}]`
    const member = type.kind === 'object' ? type.members.get(name) : type.element
    if (!member) throw unknownParameter(at)
    if (typeof value === 'string') continue
    if (member.kind === 'object' || member.element) refuseUnknown(member, value, at)
    else if (member.kind === 'range') refuseUnknown(RANGE_TYPE, value, at)
  }
}

function readObject(type: ParameterType, form: FormTree, path: string): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, member] of type.members) {
    const at = path === '' ? name : `${path}[${name}]`
    const value = form[name]
    if (value !== undefined) result[name] = readValue(member, value, at)
    else if (member.required) throw missingParameter(at)
  }
  return result
}

function readValue(type: ParameterType, value: FormValue, path: string): unknown {
  if (value === '') {
    if (type.emptyable) return ''
    throw emptyParameter(path)
  }
  switch (type.kind) {
    case 'object':
      return readObject(type, tree(value, path, 'object'), path)
    case 'array':
      return readArray(type, tree(value, path, 'array'), path)
    case 'table':
      return readTable(type, tree(value, path, 'object'), path)
    case 'map':
      return readMap(tree(value, path, 'object'), path)
    case 'range':
      return typeof value === 'string'
        ? readScalar(INTEGER_TYPE, value, path)
        : readObject(RANGE_TYPE, value, path)
    default:
      if (typeof value !== 'string') throw invalidRequest(`Invalid ${nameOf(type)}: {}`, path)
      return readScalar(type, value, path)
  }
}

function readArray(type: ParameterType, value: FormTree, path: string): unknown[] {
  const { element } = type
  if (!element || !Object.keys(value).every((key) => /^\d+$/.test(key))) {
    throw invalidRequest('Invalid array', path)
  }
  const entries = Object.entries(value).sort(([a], [b]) => Number(a) - Number(b))
  return entries.map(([index, item]) => readValue(element, item, `${path}[${index}]`))
}

function readTable(type: ParameterType, value: FormTree, path: string): Record<string, unknown> {
  const { element } = type
  if (!element) throw new Error(`${path} has no element type`)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, readValue(element, item, `${path}[${name}]`)]),
  )
}

/** Metadata: any names, strings as values. */
function readMap(value: FormTree, path: string): Record<string, string> {
  const entries = Object.entries(value).map(([name, item]): [string, string] => {
    if (typeof item !== 'string') throw invalidRequest('Invalid string: {}', `${path}[${name}]`)
    return [name, item]
  })
  return Object.fromEntries(entries)
}

/** The longest string that most parameters accept. */
const LONGEST_TEXT = 5000

/** The evidence of a dispute that has room for more. */
const LONGEST_EVIDENCE = 20_000
const EVIDENCE_TEXTS = new Set(
  [
    'access_activity_log',
    'cancellation_policy_disclosure',
    'cancellation_rebuttal',
    'duplicate_charge_explanation',
    'product_description',
    'refund_policy_disclosure',
    'refund_refusal_explanation',
    'uncategorized_text',
  ].map((field) => `evidence[${field}]`),
)

function readScalar(type: ParameterType, value: string, path: string): unknown {
  switch (type.kind) {
    case 'integer':
      if (!/^-?\d{1,15}$/.test(value)) {
        throw invalidRequest(`Invalid integer: ${value}`, path, 'parameter_invalid_integer')
      }
      return Number(value)
    case 'number':
    case 'decimal':
      if (!/^-?\d{1,15}(\.\d{1,12})?$/.test(value)) {
        throw invalidRequest(`Invalid decimal: ${value}`, path)
      }
      return type.kind === 'number' ? Number(value) : value
    case 'boolean':
      if (value !== 'true' && value !== 'false') throw invalidRequest(`Invalid boolean: ${value}`, path)
      return value === 'true'
    case 'enum':
      if (type.values.includes('#') && /^\d{1,15}$/.test(value)) return Number(value)
      if (type.values.includes('?') && /^(true|false)$/.test(value)) return value === 'true'
      if (type.values.includes(value)) return value
      throw invalidRequest(`Invalid ${path}: must be ${oneOf(type.values)}`, path)
    default:
      return readText(value, path)
  }
}

function readText(value: string, path: string): string {
  const longest = EVIDENCE_TEXTS.has(path) ? LONGEST_EVIDENCE : LONGEST_TEXT
  if (value.length <= longest) return value
  throw invalidRequest(
    `Invalid string: ${value.slice(0, 20)}...${value.slice(-20)}; must be at most ${longest} characters`,
    path,
  )
}

const WORD_OF: Record<string, string> = { '#': 'a positive integer', '?': 'a boolean' }

function oneOf(values: readonly string[]): string {
  const words = values.map((value) => WORD_OF[value] ?? value)
  const last = words.at(-1) ?? ''
  if (words.length < 2) return last
  if (words.length === 2) return `one of ${words.join(' or ')}`
  return `one of ${words.slice(0, -1).join(', ')}, or ${last}`
}

function tree(value: FormValue, path: string, kind: 'object' | 'array'): FormTree {
  if (typeof value === 'string') throw invalidRequest(`Invalid ${kind}`, path)
  return value
}

function nameOf(type: ParameterType): string {
  return type.kind === 'enum' ? 'string' : type.kind
}

const INTEGER_TYPE: ParameterType = {
  kind: 'integer',
  required: false,
  emptyable: false,
  values: [],
  members: new Map(),
  element: undefined,
}

const RANGE_TYPE: ParameterType = {
  ...INTEGER_TYPE,
  kind: 'object',
  members: new Map(['gt', 'gte', 'lt', 'lte'].map((name) => [name, INTEGER_TYPE])),
}
