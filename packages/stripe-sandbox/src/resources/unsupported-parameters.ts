// Refusing request parameters that Stripe supports and the sandbox does not.
import { unsupported } from '../api/errors.js'

/** Whether a value asks for anything. Values such as `false`, `none` and `auto` leave Stripe's default. */
function isRequest(value: unknown): boolean {
  if (value === undefined || value === '' || value === false || value === 'none' || value === 'auto')
    return false
  if (typeof value === 'object' && value !== null && 'enabled' in value) return value.enabled === true
  return true
}

/**
 * Throws if a request uses one of these parameters, which are paths such as `recurring.meter`. If the sandbox ignored
 * them, a shop would see results that differ from Stripe's.
 */
export function refuseUnsupported(parameters: object, names: readonly string[], prefix = ''): void {
  for (const name of names) {
    let value: unknown = parameters
    for (const step of name.split('.')) {
      value =
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined
    }
    if (!isRequest(value)) continue
    const [first = '', ...rest] = `${prefix}${name}`.split('.')
    const param = first + rest.map((step) => `[${step}]`).join('')
    throw unsupported(`the parameter ${param}`, param)
  }
}

/** Throws if a request uses any parameter other than these. */
export function refuseAllBut(parameters: object, names: readonly string[], prefix = ''): void {
  refuseUnsupported(
    parameters,
    Object.keys(parameters).filter((name) => name !== 'expand' && !names.includes(name)),
    prefix,
  )
}
