// Builds the model of the API documentation page from the OpenAPI document.
import type { ApiDocsPage, ApiField, ApiOperation } from './view-models.js'
import type { JsonSchema, OpenApiDocument } from './document.js'
import { ANSWER_SCHEMAS, type Operation } from './operation.js'
import { OPERATIONS } from './operations.js'

export function docsPage(document: OpenApiDocument): ApiDocsPage {
  const { schemas } = document.components
  return {
    heading: document.info.title,
    introduction: document.info.description,
    operations: OPERATIONS.map((operation) => operationView(operation, schemas)),
    answers: Object.keys(ANSWER_SCHEMAS).map((name) => ({ name, fields: fieldsOf(schemas[name]) })),
  }
}

function operationView(operation: Operation, schemas: Record<string, JsonSchema>): ApiOperation {
  const { method, path, summary, description, signedIn, parameters, body, answers, problems } = operation
  return {
    id: `${method}${path.replace(/\W+/g, '-').replace(/-$/, '')}`,
    method: method.toUpperCase(),
    path,
    summary,
    description: description ?? null,
    signedIn: signedIn === true,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      type: `${parameter.type}, in the ${parameter.in}`,
      description: parameter.description,
    })),
    body: body === null ? [] : fieldsOf(schemas[body]),
    answers: Object.entries(answers).map(([status, answer]) => ({ status, ...answer })),
    problems: [...problems]
      .sort(([a], [b]) => a - b)
      .map(([status, code, when]) => ({ status: String(status), code, when })),
  }
}

/** One row for each field. Fields of inline objects follow with their path: "items[].quantity". */
function fieldsOf(schema: JsonSchema | undefined, path = ''): ApiField[] {
  const required = new Set(schema?.required)
  return Object.entries(schema?.properties ?? {}).flatMap(([key, field]) => {
    const name = path + key
    const inner = field.type === 'array' ? field.items : field
    return [
      {
        name,
        type: typeOf(field) + (required.has(key) ? '' : ', optional'),
        description: field.description ?? '',
      },
      ...fieldsOf(inner, `${name}${field.type === 'array' ? '[]' : ''}.`),
    ]
  })
}

function typeOf({
  $ref,
  anyOf,
  type,
  items,
  format,
  enum: values,
  const: value,
  ...range
}: JsonSchema): string {
  if ($ref !== undefined) return $ref.split('/').at(-1) ?? ''
  if (anyOf && type === undefined) return anyOf.map(typeOf).join(' or ')
  if (type === 'array') return `list of ${typeOf(items ?? {})}s`
  if (values) return values.join(', ')
  if (value !== undefined) return JSON.stringify(value)
  const { minimum, maximum = Infinity } = range
  return `${format ?? type ?? ''}${maximum < 1_000_000 ? ` from ${minimum ?? 0} to ${maximum}` : ''}`
}
