// Generates the OpenAPI document from the table of operations and the schemas that validate requests.
import { z } from 'zod'
import { ANSWER_SCHEMAS, REQUEST_SCHEMAS, type Operation, type Parameter } from './operation.js'
import { OPERATIONS } from './operations.js'

export interface JsonSchema {
  type?: string
  description?: string
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  format?: string
  minimum?: number
  maximum?: number
  $ref?: string
}

const INTRODUCTION =
  'Orders belong to a shopper. To sign in, send POST /api/sign-in with email and password, and then the token as "Authorization: Bearer till_…". ' +
  'Pages of the shop’s own origin can use the session cookie that POST /login sets instead. ' +
  'Pages of another origin need a token, and the owner must allow their origin: npm run settings -- set api-origins https://front.example. ' +
  'Errors are problem details (RFC 9457) with a stable code. In addition to the errors listed, any operation can return 400 malformed_request, 500 internal_error and 503 database_unavailable.'

/** @param cookieName name of the session cookie */
export function openApiDocument(baseUrl: string, cookieName: string) {
  return {
    openapi: '3.1.1',
    info: { title: 'API', version: '1', description: INTRODUCTION },
    servers: [{ url: baseUrl }],
    paths: pathsOf(OPERATIONS),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token of POST /api/sign-in.' },
        session: { type: 'apiKey', in: 'cookie', name: cookieName },
      },
      schemas: { ...schemasOf(REQUEST_SCHEMAS, 'input'), ...schemasOf(ANSWER_SCHEMAS, 'output') },
    },
  }
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>

function pathsOf(all: readonly Operation[]): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {}
  for (const operation of all) (paths[operation.path] ??= {})[operation.method] = describe(operation)
  return paths
}

function describe(operation: Operation): object {
  const { summary, description, signedIn, parameters, body } = operation
  return {
    summary,
    ...(description !== undefined && { description }),
    ...(signedIn && {
      security: [{ bearer: [] }, { session: [] }, ...(signedIn === 'or guest' ? [{}] : [])],
    }),
    ...(parameters.length > 0 && { parameters: parameters.map(describeParameter) }),
    ...(body !== null && { requestBody: { required: true, content: json('application/json', body) } }),
    responses: { ...answersOf(operation), ...refusalsOf(operation) },
  }
}

function answersOf({ answers }: Operation): Record<string, object> {
  const location = { Location: { description: 'Path of the order.', schema: { type: 'string' } } }
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      {
        description: answer.description,
        ...(answer.location && { headers: location }),
        ...(status !== '204' && { content: json('application/json', answer.schema) }),
      },
    ]),
  )
}

function refusalsOf({ problems }: Operation): Record<string, object> {
  const sentences = (status: number) =>
    problems.filter(([other]) => other === status).map(([, code, when]) => `${code}: ${when}`)
  return Object.fromEntries(
    problems.map(([status]) => [
      status,
      { description: sentences(status).join(' '), content: json('application/problem+json', 'Problem') },
    ]),
  )
}

function describeParameter({ name, in: place, description, type, repeated }: Parameter): object {
  const schema = repeated ? { type: 'array', items: { type } } : { type }
  return { name, in: place, required: place === 'path', description, schema }
}

function json(type: string, schema: string | null): object {
  return {
    [type]: { schema: schema === null ? { type: 'object' } : { $ref: `#/components/schemas/${schema}` } },
  }
}

/** @param io input: fields with a default are optional; output: all are present, and there are no others */
function schemasOf(schemas: Record<string, z.ZodType>, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const converted = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(
    Object.entries(converted.schemas).map(([name, schema]) => [name, simplified(schema) as JsonSchema]),
  )
}

/** Removes what readers don't need: `$schema`, `$id`, and patterns that repeat what `format` says. */
function simplified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplified)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([key]) => key !== '$schema' && key !== '$id' && !(key === 'pattern' && 'format' in value),
  )
  return Object.fromEntries(entries.map(([key, inner]) => [key, simplified(inner)]))
}
