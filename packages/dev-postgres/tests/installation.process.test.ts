// Installations that are incomplete, closed to the server's user, or of another system.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { removePostgres } from '../src/index.js'
import { startChild } from './support/child-process.js'
import { install, PLATFORM_PACKAGE } from './support/installation.js'
import { freePort } from './support/ports.js'
import { query } from './support/queries.js'
import { AS_ROOT, useWorkspace } from './support/workspace.js'

const place = useWorkspace()
const HINT = 'Use a server of your own.'

describe('an installation', () => {
  const native = (at: string) => path.join(at, 'node_modules', PLATFORM_PACKAGE, 'native')
  const links = (at: string) =>
    (JSON.parse(readFileSync(path.join(native(at), 'pg-symlinks.json'), 'utf8')) as { target: string }[]).map(
      ({ target }) => path.join(native(at), '..', target),
    )

  test('without the links that its install script would have made gets them', async () => {
    const own = await install(place.folder)
    links(place.folder).forEach((link) => rmSync(link, { force: true }))
    const first = await startChild({ script: own, dir: place.dir })
    expect(links(place.folder).every(existsSync)).toBe(true)
    await first.stop()
  })

  // It copies all of PostgreSQL twice.
  test.runIf(AS_ROOT)(
    'in a folder that only root may enter works for root',
    { timeout: 120_000 },
    async () => {
      const closed = path.join(place.folder, 'closed')
      mkdirSync(closed, { mode: 0o700 })
      place.dir = path.join(closed, 'data')
      const own = await install(closed)
      // As npm installs it under a strict umask, and with a version that no other test has copied.
      execFileSync('chmod', ['-R', 'go-rwx', native(closed)])
      const version = `test-${process.pid}`
      writeFileSync(
        path.join(native(closed), '..', 'package.json'),
        JSON.stringify({ version, exports: './dist/index.js', type: 'module' }),
      )
      const first = await startChild({ script: own, dir: place.dir })
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
      await first.stop()
      const second = await startChild({ script: own, dir: place.dir })
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
      await second.stop()
      // The data stays where it is when the folder is opened later.
      chmodSync(closed, 0o755)
      const third = await startChild({ script: own, dir: place.dir })
      expect(third.url).toBe(first.url)
      await third.stop()

      const pointer = path.join(place.dir, 'postgres.json')
      const { folder: elsewhere } = JSON.parse(readFileSync(pointer, 'utf8')) as { folder: string }
      expect(statSync(pointer).mode & 0o777).toBe(0o600)
      expect(existsSync(path.join(elsewhere, 'data', 'PG_VERSION'))).toBe(true)

      const programs = readdirSync(path.dirname(elsewhere)).filter((name) => name.includes(version))
      expect(programs).toHaveLength(1)
      programs.forEach((name) => rmSync(path.join(elsewhere, '..', name), { recursive: true }))

      rmSync(elsewhere, { recursive: true })
      await expect(startChild({ script: own, dir: place.dir })).rejects.toThrow(
        `was in ${elsewhere}, which is gone`,
      )
      await removePostgres(place.dir)
      expect(existsSync(pointer)).toBe(false)
    },
  )

  test.runIf(AS_ROOT)('works for an ordinary user, whose server root joins', async () => {
    mkdirSync(place.dir)
    chownSync(place.dir, 1, 1)
    const first = await startChild({ script: place.script, dir: place.dir, uid: 1, gid: 1 })
    expect(statSync(`/proc/${place.serverPid()}`).uid).toBe(1)
    const second = await place.startChild()
    expect(second).toMatchObject({ url: first.url, started: false })
    await first.stop()
    await second.stop()
    // What root writes to the data folder must not shut its owner out.
    rmSync(place.file('server.log'))
    const third = await place.start({ port: await freePort() })
    expect(statSync(`/proc/${place.serverPid()}`).uid).toBe(1)
    await third.stop()
    const fourth = await startChild({ script: place.script, dir: place.dir, uid: 1, gid: 1 })
    expect(fourth).toMatchObject({ url: third.url, started: true })
    await fourth.stop()
  })

  test.runIf(AS_ROOT)('that an ordinary user can only read is copied when links are missing', async () => {
    const own = await install(place.folder)
    links(place.folder).forEach((link) => rmSync(link, { force: true }))
    mkdirSync(place.dir)
    chownSync(place.dir, 1, 1)
    const first = await startChild({ script: own, dir: place.dir, uid: 1, gid: 1 })
    expect(readdirSync(place.dir).some((name) => name.startsWith('postgresql-18'))).toBe(true)
    expect(links(place.folder).some(existsSync)).toBe(false)
    await first.stop()
  })

  test('without PostgreSQL for its platform says so, with the hint of the caller', async () => {
    const own = await install(place.folder)
    rmSync(path.dirname(native(place.folder)), { recursive: true })
    await expect(startChild({ script: own, dir: place.dir, hint: HINT })).rejects.toThrow(
      /There is no PostgreSQL for [\w-]+ in node_modules.*platform\. Use a server of your own\./,
    )
  })

  test.runIf(AS_ROOT)('for a user without a name says so, with the hint of the caller', async () => {
    mkdirSync(place.dir)
    chownSync(place.dir, 54321, 54321)
    await expect(
      startChild({ script: place.script, dir: place.dir, uid: 54321, gid: 54321, hint: HINT }),
    ).rejects.toThrow(/has no name.*\. Use a server of your own\./)
  })

  test('that the system cannot run says so, with the hint of the caller', async () => {
    const own = await install(place.folder)
    // As on a system with another C library: the loader that the program names does not exist.
    const initdb = path.join(native(place.folder), 'bin', 'initdb')
    writeFileSync(initdb, '#!/lib/ld-of-another-system.so\n')
    chmodSync(initdb, 0o755)
    await expect(startChild({ script: own, dir: place.dir, hint: HINT })).rejects.toThrow(
      /needs the GNU C library.*\. Use a server of your own\./,
    )
  })

  test.runIf(AS_ROOT)('is told apart from data that belongs to another user', async () => {
    place.copyDatabase()
    await expect(
      startChild({ script: place.script, dir: place.dir, uid: 1, gid: 1, hint: HINT }),
    ).rejects.toThrow(/belongs to another user \(uid 65534\)\. Use a server of your own\./)
  })
})
