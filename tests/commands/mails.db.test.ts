// The states of mails that the command lists, in a database whose shop does not run.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mailsCommand } from '../../src/commands/mails.js'
import type { CommandDeps } from '../../src/commands/run.js'
import { openDatabase, type Database } from '../../src/database/client.js'
import type { Prisma } from '../../src/generated/prisma/client.js'
import { createTestDatabase } from '../support/postgres/test-database.js'

let database: Database
let drop: () => Promise<void>
beforeAll(async () => {
  const created = await createTestDatabase()
  drop = created.drop
  database = openDatabase(created.url, { max: 2 })
})
afterAll(async () => {
  await database.close()
  await drop()
})

const now = new Date()
const none = null

it.each<[string, string, Partial<Prisma.MailCreateInput>]>([
  ['just written', 'waiting', { dueAt: now }],
  ['just written, without a time', 'waiting', { dueAt: none }],
  ['to be tried again', 'waiting', { dueAt: now, attempts: 1 }],
  ['given up', 'failed', { dueAt: none, attempts: 8 }],
  ['too old', 'outdated', { dueAt: none, outdated: true }],
  ['sent', 'sent', { dueAt: none, attempts: 1, sentAt: now }],
])('a mail that is %s is %s', async (_what, state, fields) => {
  await database.prisma.mail.deleteMany()
  await database.prisma.mail.create({
    data: { kind: 'password_changed', to: 'ada@shopper.example', ...fields },
  })
  const list = (...words: string[]) => mailsCommand.run({ database } as CommandDeps, ['list', ...words])
  for (const known of ['waiting', 'sent', 'outdated', 'failed'])
    expect(await list('--state', known)).toMatch(known === state ? new RegExp(` ${state} `) : /^No mails/)
  expect(await list()).toMatch(new RegExp(` ${state} `))
})
