import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type pg from 'pg'
import { openConnections } from './connections.js'

type Glue = typeof import('@prisma/schema-engine-wasm') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void
}

/** No table or enum is anybody else's business than the schema's. */
export const filters = { externalTables: [], externalEnums: [] }

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
  const { client, factory, close } = await openConnections(url)
  try {
    const adapter = bindMigrationAwareSqlAdapterFactory(factory)
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter)
    return await work(engine, client).finally(() => engine.free())
  } finally {
    await close()
  }
}

/** Node imports WebAssembly as a module only behind a flag, so this does by hand what the package's own entry does. */
async function load(): Promise<Glue> {
  const entry = '@prisma/schema-engine-wasm/schema_engine_bg'
  const file = createRequire(import.meta.url)
    .resolve(entry)
    .replace(/\.js$/, '.wasm')
  const glue = (await import(entry)) as Glue
  // The engine reports a panic through this global; without it, the error says nothing.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { message: '', set_message: setPanicMessage } })
  const imports = { './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports }
  const { instance } = await WebAssembly.instantiate(await readFile(file), imports)
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports.__wbindgen_start as () => void)()
  return glue
}

function setPanicMessage(this: { message: string }, message: string): void {
  this.message = message
}
