// Several processes on one folder: they share a server, in whatever order they come and go.
import pg from 'pg'
import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { removePostgres, stopPostgres } from '../src/index.js'
import { USERS_LOCK } from '../src/session.js'
import { answers } from './support/queries.js'
import { QUICK, useWorkspace } from './support/workspace.js'

const place = useWorkspace()

describe('several processes', () => {
  test('share one server, and the last one out stops it', async () => {
    place.copyDatabase()
    const first = await place.start()
    const second = await place.startChild()
    expect(second).toMatchObject({ url: first.url, started: false })
    await first.stop()
    expect(await answers(second.url)).toBe(true)
    await second.stop()
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('leave the server to a client that is still connected', async () => {
    place.copyDatabase()
    const first = await place.start()
    const psql = new pg.Client({ connectionString: first.url })
    await psql.connect()
    await first.stop()
    expect((await psql.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await psql.end()
    const second = await place.start()
    expect(second.started).toBe(false)
    await second.stop()
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('that start at once on an empty folder end up on one server', async () => {
    const children = await Promise.all([
      place.startChild(),
      place.startChild(),
      place.startChild(),
      place.startChild(),
    ])
    expect(new Set(children.map((each) => each.url)).size).toBe(1)
    expect(children.filter((each) => each.started)).toHaveLength(1)
    expect(readdirSync(place.dir)).toEqual(['postgres'])
    await Promise.all(children.map((each) => each.stop()))
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('that start at once on a stopped database end up on one server', async () => {
    place.copyDatabase()
    const all = await Promise.all(Array.from({ length: 6 }, () => place.start()))
    expect(new Set(all.map((each) => each.url)).size).toBe(1)
    expect(all.filter((each) => each.started)).toHaveLength(1)
    await Promise.all(all.map((each) => each.stop()))
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('do not join a server that another one is about to stop', async () => {
    place.copyDatabase()
    const first = await place.start()
    const closer = new pg.Client({ connectionString: place.adminUrl(first.url, 'postgres') })
    await closer.connect()
    // As stop() does it, with any amount of time between asking for the lock and stopping.
    await first.stop()
    await closer.query('SELECT pg_advisory_lock($1)', [USERS_LOCK])
    const joined = vi.fn()
    const second = place.start().finally(joined)
    const sessions = async () => {
      const { rows } = await closer.query<{ n: number }>(
        `SELECT sessions::int AS n FROM pg_stat_database WHERE datname = 'postgres'`,
      )
      return rows[0]?.n ?? 0
    }
    const before = await sessions()
    await expect.poll(sessions, QUICK).toBeGreaterThan(before + 3)
    expect(joined).not.toHaveBeenCalled()
    const pid = place.serverPid()
    closer.on('error', () => undefined)
    process.kill(pid, 'SIGINT')
    const { url, started, stop } = await second
    expect(started).toBe(true)
    expect(await answers(url)).toBe(true)
    await stop()
  })

  test('start it again when it is stopped while it starts', async () => {
    place.copyDatabase()
    const starting = place.start()
    // The file is there before its first line is; killing process 0 would hit the whole process group of the tests.
    await expect
      .poll(() => (existsSync(place.file('postmaster.pid')) ? place.serverPid() : 0), {
        ...QUICK,
        interval: 1,
      })
      .toBeGreaterThan(0)
    process.kill(place.serverPid(), 'SIGINT')
    const { url, stop } = await starting
    expect(await answers(url)).toBe(true)
    await stop()
  })

  test('that come and go all the time never lose it', async () => {
    place.copyDatabase()
    const first = await place.start()
    await first.stop()
    const visit = async () => {
      for (let i = 0; i < 5; i++) {
        const each = await place.start()
        expect(await answers(each.url)).toBe(true)
        await each.stop()
      }
    }
    await Promise.all([visit(), visit(), visit()])
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
  })

  test('are all done when another one stops the server', async () => {
    place.copyDatabase()
    const log = vi.fn()
    const first = await place.start({ log })
    const second = await place.start({ log })
    expect(await stopPostgres(place.dir)).toBe(true)
    await Promise.all([first.stopped, second.stopped])
    expect(log.mock.calls).toEqual([['PostgreSQL was stopped.'], ['PostgreSQL was stopped.']])
    expect(existsSync(place.file('postmaster.pid'))).toBe(false)
    await first.stop()
    const third = await place.start()
    expect(third).toMatchObject({ url: first.url, started: true })
    await third.stop()
  })

  test('are all done when another one removes the database', async () => {
    place.copyDatabase()
    const { stopped } = await place.start()
    await removePostgres(place.dir)
    await stopped
    expect(readdirSync(place.dir)).toEqual([])
  })
})
