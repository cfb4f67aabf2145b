// One process: what its database is like, and what happens when it can't start.
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { removePostgres, runningPostgres, startPostgres, stopPostgres } from '../src/index.js'
import { freePort, occupyPort } from './support/ports.js'
import { answers, query } from './support/queries.js'
import { useWorkspace } from './support/workspace.js'

const place = useWorkspace()

describe('the database of one process', () => {
  test('is PostgreSQL 18, durable, in Unicode, and reachable from this machine only', async () => {
    const log: string[] = []
    const { url, started, stop } = await startPostgres({
      dir: place.dir,
      log: (message) => log.push(message),
    })
    expect(started).toBe(true)
    expect(
      await query(
        url,
        `SELECT current_setting('server_version_num')::int / 10000 AS major, lower('ÄÉ') AS lower`,
      ),
    ).toEqual([{ major: 18, lower: 'äé' }])
    const settings = [
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'listen_addresses',
      'unix_socket_directories',
      'server_encoding',
    ]
    const values = settings.map((name) => `current_setting('${name}') AS ${name}`).join(', ')
    expect(await query(place.adminUrl(url), `SELECT ${values}`)).toEqual([
      {
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        server_encoding: 'UTF8',
      },
    ])
    await stop()
    expect(await answers(url)).toBe(false)
    expect(log).toEqual([])
  })

  test('is there again after a stop, at the same address', async () => {
    place.copyDatabase()
    const first = await place.start()
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await place.start()
    expect(second).toMatchObject({ url: first.url, started: true })
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  test('is empty after the data folder is deleted', async () => {
    place.copyDatabase()
    const first = await place.start()
    await query(first.url, 'CREATE TABLE gone ()')
    await first.stop()
    rmSync(place.dir, { recursive: true })
    const second = await place.start()
    expect(await query(second.url, `SELECT to_regclass('gone') AS table`)).toEqual([{ table: null }])
    await second.stop()
  })

  test('is closed to other users, and its role is no superuser', async () => {
    const { url, stop } = await place.start()
    expect(statSync(path.join(place.dir, 'postgres')).mode & 0o777).toBe(0o700)
    expect(statSync(place.file('dev.json')).mode & 0o777).toBe(0o600)
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(
      'password authentication failed',
    )
    await expect(query(url, `COPY (SELECT 1) TO PROGRAM 'cat'`)).rejects.toThrow('permission denied')
    await stop()
  })

  test('is another one in another folder', async () => {
    const other = path.join(place.folder, 'other')
    const [one, two] = await Promise.all([place.dir, other].map((dir) => place.start({ dir })))
    expect(one?.url).not.toBe(two?.url)
    await query(one?.url ?? '', 'CREATE TABLE here ()')
    expect(await query(two?.url ?? '', `SELECT to_regclass('here') AS table`)).toEqual([{ table: null }])
    await Promise.all([one?.stop(), two?.stop()])
    await removePostgres(other)
  })

  test('moves to another port when another program has taken its port', async () => {
    place.copyDatabase()
    const first = await place.start()
    await first.stop()
    const { release } = await occupyPort(Number(new URL(first.url).port))
    const second = await place.start()
    expect(second.url).not.toBe(first.url)
    expect(await answers(second.url)).toBe(true)
    await second.stop()
    await release()
  })

  test('fails to start with the reason from the log of the server', async () => {
    place.copyDatabase()
    const first = await place.start()
    await first.stop()
    writeFileSync(place.file('PG_VERSION'), '9\n')
    await expect(place.start()).rejects.toThrow(/database files are incompatible with server/)
  })

  test('fails to start on a folder of something else, and says so', async () => {
    mkdirSync(path.join(place.dir, 'postgres'), { recursive: true })
    writeFileSync(place.file('something'), '')
    await expect(place.start()).rejects.toThrow('was not made by dev-postgres')
  })

  test('keeps the name it was created with', async () => {
    const first = await place.start({ name: 'my_app' })
    expect(first.url).toMatch(/^postgresql:\/\/my_app:[\w-]+@127\.0\.0\.1:\d+\/my_app$/)
    expect(await query(first.url, 'SELECT current_user AS role, current_database() AS name')).toEqual([
      { role: 'my_app', name: 'my_app' },
    ])
    await first.stop()
    for (const options of [{}, { name: 'other' }]) {
      const next = await place.start(options)
      expect(next.url).toBe(first.url)
      await next.stop()
    }
  })

  test('can have the name of an SQL keyword, but none that needs quoting in a URL', async () => {
    const { url, stop } = await place.start({ name: 'user' })
    expect(await answers(url)).toBe(true)
    await stop()
    await expect(place.start({ dir: path.join(place.folder, 'other'), name: 'a b' })).rejects.toThrow(
      '"a b" can\'t be the name',
    )
  })

  test('listens on the port it is told, from then on', async () => {
    place.copyDatabase()
    const [one, two] = [await freePort(), await freePort()]
    const first = await place.start({ port: one })
    expect(new URL(first.url).port).toBe(String(one))
    await expect(place.start({ port: two })).rejects.toThrow(`already runs on port ${one}`)
    await first.stop()
    const second = await place.start({ port: two })
    expect(new URL(second.url).port).toBe(String(two))
    await second.stop()
    const third = await place.start()
    expect(third.url).toBe(second.url)
    await third.stop()
  })

  test('fails to start when another program has the port it is told', async () => {
    place.copyDatabase()
    const { port, release } = await occupyPort()
    await expect(place.start({ port })).rejects.toThrow(
      `PostgreSQL can't listen on port ${port}: Address already in use.`,
    )
    await release()
  })
})

describe('a folder without a server', () => {
  test('has none to find or stop, and looking creates nothing', async () => {
    expect(await runningPostgres(place.dir)).toBeUndefined()
    expect(await stopPostgres(place.dir)).toBe(false)
    await removePostgres(place.dir)
    expect(existsSync(place.dir)).toBe(false)
  })

  test('has none after a stop', async () => {
    place.copyDatabase()
    const { url, stop } = await place.start()
    expect(await runningPostgres(place.dir)).toEqual({ url, pid: place.serverPid() })
    await stop()
    expect(await runningPostgres(place.dir)).toBeUndefined()
    expect(await stopPostgres(place.dir)).toBe(false)
  })
})
