// The document as a page: each operation with its parameters, bodies, answers and refusals.
import type { ApiDocsPage, ApiField, ApiOperation } from '../http/view-models.js'
import type { JsonSchema, OpenApiDocument } from './document.js'
import { operations, type Operation } from './operations.js'

export function docsPage(document: OpenApiDocument): ApiDocsPage {
  const { schemas } = document.components
  const fields = (name: string | null) => (name === null ? [] : fieldsOf(schemas[name] ?? {}, schemas, ''))
  const view = (operation: Operation): ApiOperation => ({
    id: `${operation.method}${operation.path.replace(/\W+/g, '-').replace(/-$/, '')}`,
    method: operation.method.toUpperCase(),
    path: operation.path,
    summary: operation.summary,
    description: operation.description ?? null,
    signedIn: operation.signedIn,
    parameters: operation.parameters.map(({ name, in: place, type, description }) => ({
      name,
      type: `${type}, in the ${place}`,
      description,
    })),
    body: fields(operation.body),
    answers: Object.entries(operation.answers).map(([status, { description }]) => ({ status, description })),
    answer: fields(Object.values(operation.answers)[0]?.schema ?? null),
    problems: [...operation.problems]
      .sort(([a], [b]) => a - b)
      .map(([status, code, when]) => ({ status: String(status), code, when })),
  })
  return {
    heading: document.info.title,
    introduction: document.info.description,
    operations: operations.map(view),
  }
}

/** One row for each field, those of objects within it named by their path: "items[].quantity". */
function fieldsOf(schema: JsonSchema, schemas: Record<string, JsonSchema>, path: string): ApiField[] {
  const required = new Set(schema.required)
  return Object.entries(schema.properties ?? {}).flatMap(([key, given]) => {
    const name = path === '' ? key : `${path}.${key}`
    const field = resolve(given, schemas)
    const inner = field.type === 'array' ? resolve(field.items ?? {}, schemas) : field
    return [
      {
        name,
        type: typeOf(field, inner) + (required.has(key) ? '' : ', may be absent'),
        description: field.description ?? '',
      },
      ...fieldsOf(inner, schemas, field.type === 'array' ? `${name}[]` : name),
    ]
  })
}

function resolve(schema: JsonSchema, schemas: Record<string, JsonSchema>): JsonSchema {
  if (schema.$ref === undefined) return schema
  const { $ref, ...beside } = schema
  return { ...schemas[$ref.split('/').at(-1) ?? ''], ...beside }
}

function typeOf(field: JsonSchema, inner: JsonSchema): string {
  const { anyOf } = field
  if (anyOf) return anyOf.map((one) => typeOf(one, one)).join(' or ')
  if (field.type === 'array') return `list of ${inner.type ?? 'object'}s`
  const range =
    field.maximum !== undefined && field.maximum < 1_000_000
      ? ` from ${field.minimum ?? 0} to ${field.maximum}`
      : ''
  if (field.enum) return field.enum.join(' | ')
  if (field.const !== undefined) return JSON.stringify(field.const)
  return (field.format ?? field.type ?? 'object') + range
}
