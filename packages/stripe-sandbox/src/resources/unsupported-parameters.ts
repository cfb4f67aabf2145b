import { unsupported } from '../api/errors.js'

/** Whether a value asks for something: `false`, `none` and `auto` do not. */
function isRequest(value: unknown): boolean {
  if (value === undefined || value === '' || value === false || value === 'none' || value === 'auto')
    return false
  if (typeof value === 'object' && value !== null && 'enabled' in value) return value.enabled === true
  return true
}

/**
 * Refuses parameters that Stripe knows and the sandbox does not act on. Taking them silently would show a shop a
 * payment that Stripe would not make.
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

/** The same as `refuseUnsupported`, for requests that have more parameters than the sandbox acts on. */
export function refuseAllBut(parameters: object, names: readonly string[], prefix = ''): void {
  refuseUnsupported(
    parameters,
    Object.keys(parameters).filter((name) => name !== 'expand' && !names.includes(name)),
    prefix,
  )
}
