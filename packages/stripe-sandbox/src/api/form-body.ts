// Parses form-encoded requests into nested parameters.
import { invalidRequest } from './errors.js'

/** A decoded form: strings at the leaves, trees for `a[b]`, `a[0]` and `a[]`. The parameter's type says what is a list. */
export type FormValue = string | FormTree
export interface FormTree {
  [name: string]: FormValue
}

/** Deeper than any of Stripe's parameters. It limits the work that a hostile request can cause. */
const DEEPEST = 12

/** Parses `application/x-www-form-urlencoded` from a body or a query string. */
export function parseForm(text: string): FormTree {
  const root: Node = new Map()
  for (const [name, value] of new URLSearchParams(text)) insert(root, pathOf(name), value, name)
  return toTree(root)
}

type Node = Map<string, Node | string>

function pathOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open <= 0) return [name]
  const rest = name.slice(open)
  if (!/^(\[[^[\]]*\])+$/.test(rest)) throw invalidRequest(`Invalid parameter name: ${name}`, name)
  const path = [name.slice(0, open), ...rest.slice(1, -1).split('][')]
  if (path.length > DEEPEST) throw invalidRequest(`The parameter ${name} is nested too deeply`, name)
  return path
}

function insert(node: Node, path: string[], value: string, name: string): void {
  let here = node
  for (const [depth, segment] of path.entries()) {
    const last = depth === path.length - 1
    const key = segment === '' && depth > 0 ? indexFor(here, path.slice(depth + 1)) : segment
    if (last) {
      if (here.get(key) instanceof Map) throw invalidRequest(`Invalid parameter: ${name}`, name)
      here.set(key, value)
      return
    }
    let next = here.get(key)
    if (typeof next === 'string') throw invalidRequest(`Invalid parameter: ${name}`, name)
    if (!next) here.set(key, (next = new Map()))
    here = next
  }
}

/** `a[]` starts a new element when the last one already has this parameter. */
function indexFor(node: Node, rest: readonly string[]): string {
  const last = node.get(String(node.size - 1))
  const continues = rest.length > 0 && last instanceof Map && !hasPath(last, rest)
  return String(continues ? node.size - 1 : node.size)
}

function hasPath(node: Node, path: readonly string[]): boolean {
  const [first = '', ...rest] = path
  // An inner `[]` always has room for one more.
  if (first === '') return false
  const value = node.get(first)
  if (value === undefined || rest.length === 0) return value !== undefined
  return value instanceof Map && hasPath(value, rest)
}

function toTree(node: Node): FormTree {
  const tree: FormTree = Object.create(null) as FormTree
  for (const [key, value] of node) tree[key] = typeof value === 'string' ? value : toTree(value)
  return tree
}
