// Starts each suite's database server once per run, with a migrated template that every test copies.
import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { removePostgres, startPostgres } from 'dev-postgres'
import { migrate } from '../../../src/database/migrations.js'
import { administer, dropDatabase } from './databases.js'
import { findPostgres, type Engine } from './engines.js'
import { forgetful, startInstalled, type Server } from './installed-postgres.js'
import { makeServerFolder } from './server-folder.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The engine that this vitest project tests. */
    engine: Engine
    /** Whether test shops reach their database through PgBouncer. */
    pgbouncer: boolean
    /** URL of the template database that tests copy. */
    postgres: { url: string; template: string }
  }
}

/** Runs once per suite. The server and its data are removed when the run ends. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { engine } = project.getProvidedContext()
  const server = await (engine === 'embedded-18' ? startOwn() : startOther())
  const template = `till_template_${randomBytes(4).toString('hex')}`
  try {
    await administer(server.url, (client) => client.query(`CREATE DATABASE ${template}`))
    await migrate(withDatabase(server.url, template))
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('postgres', { url: server.url, template })
  return async () => {
    await administer(server.url, (client) => dropDatabase(client, template))
    await server.stop()
  }
}

async function startOwn(): Promise<Server> {
  const dataDir = makeServerFolder('embedded')
  const postgres = await startPostgres({ dir: dataDir, log: console.error, settings: forgetful })
  return {
    url: postgres.url,
    stop: async () => {
      await postgres.stop()
      // The server stays up for a hanging test that is still connected.
      await removePostgres(dataDir)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function startOther(): Promise<Server> {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { url, stop: () => Promise.resolve() }
  const bin = findPostgres()
  if (bin === undefined)
    throw new Error('There is no PostgreSQL on this machine, and TEST_DATABASE_URL is not set.')
  return startInstalled(bin)
}

function withDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}
