// The same pages of a minimal Django shop (bench/django), on the same database, under the same load: Debian's python3-django,
// gunicorn, python3-psycopg2 and wrk.
import { execFile, spawnSync } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from '../main.js'
import { freePort, startProgram, untilAnswers, type Child } from '../child.js'
import { projectRoot } from '../../src/config.js'
import type { Stage } from '../stage.js'
import type { Section } from '../table.js'

const PROCESSES = 2
const CONNECTIONS = 32
const PAGES = { 'Product page': '/pricing/1', 'List page': '/pricing' }
/** Debian's, whatever other Python there is. */
const PYTHON = '/usr/bin/python3'
const NEEDED = 'apt-get install python3-django gunicorn python3-psycopg2 wrk'

export async function django(bench: Bench): Promise<Section[]> {
  if (!isInstalled()) {
    process.stderr.write(`\nNOT MEASURED: Django, because something is not installed: ${NEEDED}\n`)
    return []
  }
  const stage = await bench.stage()
  const shop = await stage.startShop({ processes: PROCESSES })
  const other = await startDjango(stage)
  const sections: Section[] = []
  for (const [title, page] of Object.entries(PAGES)) {
    // Both compile and connect first.
    for (const server of [shop, other]) await rate(server, page, 1)
    const rates: Record<'shop' | 'django', number[]> = { shop: [], django: [] }
    const turns = [
      async () => rates.shop.push(await rate(shop, page, bench.seconds)),
      async () => rates.django.push(await rate(other, page, bench.seconds)),
    ]
    for (let round = 0; round < bench.rounds; round++)
      for (const turn of round % 2 === 0 ? turns : [...turns].reverse()) await turn()
    sections.push({
      title: `${title} beside Django, ${CONNECTIONS} at once`,
      rows: [{ what: 'pages', unit: '/s', shop: rates.shop, floor: rates.django, compared: true }],
      notes: [
        'floor: bench/django in gunicorn, with threads, persistent connections and cached templates',
        `both: ${PROCESSES} processes, the same database, asked by wrk`,
      ],
    })
  }
  await shop.stop()
  await other.stop()
  return sections
}

function isInstalled(): boolean {
  const has = (program: string, ...words: string[]) => spawnSync(program, words).error === undefined
  return (
    spawnSync(PYTHON, ['-c', 'import django, psycopg2, gunicorn']).status === 0 && has('wrk', '--version')
  )
}

async function startDjango(stage: Stage): Promise<Child> {
  const port = await freePort()
  const threads = CONNECTIONS / PROCESSES
  const child = startProgram(
    PYTHON,
    [
      '-m',
      'gunicorn',
      'shop:application',
      '--bind',
      `127.0.0.1:${port}`,
      '--workers',
      String(PROCESSES),
    ].concat(['--worker-class', 'gthread', '--threads', String(threads), '--log-level', 'error']),
    port,
    {
      DATABASE_URL: stage.databaseUrl,
      SESSION_SECRET: stage.sessionSecret,
      PATH: '/usr/bin:/bin',
      PYTHONDONTWRITEBYTECODE: '1',
    },
    path.join(projectRoot, 'bench', 'django'),
  )
  await untilAnswers(child, '/pricing')
  return child
}

/** Pages a second. @throws Error when one of them failed */
async function rate({ port }: Child, page: string, seconds: number): Promise<number> {
  const words = ['-t', '1', '-c', String(CONNECTIONS), '-d', `${Math.ceil(seconds)}s`]
  const { stdout } = await promisify(execFile)('wrk', [...words, `http://127.0.0.1:${port}${page}`])
  const failed =
    /Non-2xx or 3xx responses: \d+|Socket errors: (?!connect 0, read 0, write 0, timeout 0).*/.exec(stdout)
  if (failed) throw new Error(`wrk of ${page}: ${failed[0]}`)
  const found = /Requests\/sec:\s+([\d.]+)/.exec(stdout)
  if (!found) throw new Error(`wrk said: ${stdout}`)
  return Number(found[1])
}
