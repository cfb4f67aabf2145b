// Loads and runs Prisma's schema engine in its WebAssembly build, which needs no download.
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import { readFile } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type pg from 'pg'
import { openConnections } from './connections.js'
import { withMigrationLock, type LockOptions } from './lock.js'

type Glue = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: unknown): void }

// Node provides WebAssembly, but TypeScript declares it only in its DOM library.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>
}

/** No table or enum is managed outside the Prisma schema. */
export const FILTERS = { externalTables: [], externalEnums: [] }

let loaded: Promise<Glue> | undefined

/**
 * Runs `work` with the engine behind `prisma migrate` on a database, then closes the connection and with it any lock.
 *
 * @param work gets the engine and the connection that it uses
 * @param lock how to wait for other processes that migrate; null for work that changes nothing
 */
export async function withEngine<T>(
  url: string,
  lock: LockOptions | null,
  work: (engine: SchemaEngine, client: pg.Client) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await (loaded ??= load())
  const connections = await openConnections(url)
  const { client, broken, factory, close } = connections
  const run = async () => {
    const adapter = bindMigrationAwareSqlAdapterFactory(factory)
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapter)
    return work(engine, client).finally(() => engine.free())
  }
  try {
    return await (lock ? withMigrationLock(url, connections, lock, run) : run())
  } catch (error) {
    const breakage = broken()
    if (!breakage) throw error
    throw new Error(`The connection to the database broke: ${breakage.message}`, { cause: error })
  } finally {
    // The engine leaves its connection open, and its advisory lock lasts as long as the connection.
    await close()
  }
}

/**
 * Does what the package's entry point does, without importing WebAssembly as a module: Node supports that only behind
 * a flag. The package keeps its WebAssembly instance in a module variable. The random query in the address gives us our
 * own module, so another copy of this file in the process (test runners load several) cannot replace the instance.
 */
async function load(): Promise<Glue> {
  const file = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = (await import(`${pathToFileURL(file).href}?${randomUUID()}`)) as Glue
  // The engine reports a panic through this global. Without it, the error has no message.
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
