import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { readFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { openConnections } from './connections.js'

type Glue = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: unknown): void }

// Node has it, but its types come with the browser's.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

/** No table or enum is anybody else's business than the schema's. */
export const FILTERS = { externalTables: [], externalEnums: [] }

let loaded: Promise<Glue> | undefined

/**
 * Runs Prisma's own schema engine on a database: the one behind `prisma migrate`, in its WebAssembly build, so that
 * there is nothing to download. It leaves no connection behind, and so no lock.
 *
 * @param work is also given the connection that the engine uses
 */
export async function withEngine<T>(
  url: string,
  work: (engine: SchemaEngine, client: pg.Client) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await (loaded ??= load())
  const { client, broken, factory, close } = await openConnections(url)
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(factory)
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter)
    return await work(engine, client).finally(() => engine.free())
  } catch (error) {
    const breakage = broken()
    if (!breakage) throw error
    throw new Error(`The connection to the database broke: ${breakage.message}`, { cause: error })
  } finally {
    // The engine does not close what it opened, and its advisory lock lasts as long as the connection.
    await close()
  }
}

/**
 * Node imports WebAssembly as a module only behind a flag, so this does by hand what the package's own entry does.
 * The package keeps its one WebAssembly instance in a variable of its module: the address makes a module of our own,
 * so that a second copy of this file in the process (a test runner has several) cannot replace the instance.
 */
async function load(): Promise<Glue> {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = (await import(`${pathToFileURL(file).href}?${randomUUID()}`)) as Glue
  // The engine reports a panic through this global; without it, the error says nothing.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { message: '', set_message: setPanicMessage } })
  const bytes = await readFile(file.replace(/\.js$/, '.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return glue
}

function setPanicMessage(this: { message: string }, message: string): void {
  this.message = message
}
