// Reads parameters.txt: the type of every request parameter.
import { readFileSync } from 'node:fs'

/** The type of one request parameter. */
export interface ParameterType {
  kind:
    | 'string'
    | 'integer'
    | 'number'
    | 'decimal'
    | 'boolean'
    | 'enum'
    | 'object'
    | 'array'
    | 'map'
    | 'table'
    | 'range'
  required: boolean
  /** An empty string unsets it. */
  emptyable: boolean
  /** The values of an enum. `#` stands for any positive integer, `?` for true and false. */
  values: string[]
  /** The parameters of an object. */
  members: Map<string, ParameterType>
  /** The type of the elements of an array or a table. */
  element: ParameterType | undefined
}

/** Parameters that the API accepts and the SDK's types lack. */
const ADDITIONS = `
POST /v1/checkout/sessions
payment_method_types array
payment_method_types[] string

POST /v1/payment_intents
payment_method_types array
payment_method_types[] string

POST /v1/payment_intents/{intent}
payment_method_types array
payment_method_types[] string

POST /v1/payment_intents/{intent}/confirm
payment_method_types array
payment_method_types[] string

POST /v1/setup_intents
payment_method_types array
payment_method_types[] string

GET /v1/payment_pages/{session}
expand array
expand[] string

POST /v1/payment_pages/{session}/confirm
expand array
expand[] string
expected_amount integer
payment_method! string

GET /v1/files/{file}/contents

POST /v1/events/{id}/retry
expand array
expand[] string
webhook_endpoint string
for_stripecli boolean

POST /v1/stripecli/sessions
device_name~ string
websocket_features array
websocket_features[] string
forward_to_url~ string
forward_connect_to_url~ string
forward_thin_to_url~ string
forward_thin_connect_to_url~ string
filters~ string
`

// The file is at the root of the package, so the path is the same from src/ and from dist/.
const GENERATED = readFileSync(new URL('../../parameters.txt', import.meta.url), 'utf8')

/** Operation (for example `POST /v1/refunds`) → its parameters as one object type. */
export const OPERATION_PARAMETERS: ReadonlyMap<string, ParameterType> = parse(`${GENERATED}\n${ADDITIONS}`)

function parse(text: string): Map<string, ParameterType> {
  const operations = new Map<string, ParameterType>()
  let current: ParameterType | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue
    if (/^(GET|POST|DELETE) /.test(line)) {
      current = operations.get(line) ?? blank('object')
      operations.set(line, current)
    } else if (line !== '' && current) {
      addParameter(current, line)
    }
  }
  return operations
}

/** A line is `path`, `!` when required, `~` when emptyable, a space, and the type or `=value|value`. */
function addParameter(operation: ParameterType, line: string): void {
  const space = line.indexOf(' ')
  const [, path = '', flags = ''] = /^(.*?)([!~]*)$/.exec(line.slice(0, space)) ?? []
  const word = line.slice(space + 1)
  const type = word.startsWith('=') ? blank('enum') : blank(word as ParameterType['kind'])
  if (type.kind === 'enum') type.values = word.slice(1).split('|')
  type.required = flags.includes('!')
  type.emptyable = flags.includes('~')

  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? []
  const last = steps.pop() ?? ''
  let owner = operation
  for (const step of steps) owner = memberOf(owner, step)
  if (last === '[]' || last === '{}') owner.element = type
  else owner.members.set(last, type)
}

function memberOf(owner: ParameterType, step: string): ParameterType {
  const member = step === '[]' || step === '{}' ? owner.element : owner.members.get(step)
  if (!member) throw new Error(`parameters.txt has ${step} before its parent`)
  return member
}

function blank(kind: ParameterType['kind']): ParameterType {
  return { kind, required: false, emptyable: false, values: [], members: new Map(), element: undefined }
}
