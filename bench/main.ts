// npm run bench: measures the shop, and in the same run the least that the same work can cost on this machine.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildRelease, findRelease } from '../scripts/release.js'
import { cleanUp, cleanUpOnSignals } from './cleanup.js'
import { describeMachine } from './machine.js'
import { admin } from './measurements/admin.js'
import { bursts } from './measurements/bursts.js'
import { checkout } from './measurements/checkout.js'
import { django } from './measurements/django.js'
import { endurance } from './measurements/endurance.js'
import { growth } from './measurements/growth.js'
import { memory } from './measurements/memory.js'
import { page } from './measurements/page.js'
import { sandbox } from './measurements/sandbox.js'
import { start } from './measurements/start.js'
import { webhooks } from './measurements/webhooks.js'
import { printComparison, printRatios, printSection, type Section } from './table.js'
import type { SizeName } from './data-set/data-set.js'
import { openDataSetStage, openStage, type OtherRelease, type Stage } from './stage.js'

export interface Bench {
  /** How often shop and floor take turns. Results are medians of the rounds. */
  rounds: number
  /** Length of one load run. */
  seconds: number
  /** The shared database, local Stripe and shop settings. Opened by the first call. */
  stage: () => Promise<Stage>
  /** The same with a new copy of the data set of this size as the shop's database. */
  stageWith: (size: SizeName) => Promise<Stage>
  /** Node flags for the shop's processes. */
  nodeFlags: string[]
  /** The release that this tree is compared with, by turns. */
  against: OtherRelease | null
}

export type Measurement = (bench: Bench) => Promise<Section[]>

const MEASUREMENTS: Record<string, Measurement> = {
  // Signed events in, settled orders out.
  webhooks,
  // The product page for a visitor who is not signed in.
  page,
  // From Purchase to the redirect to Stripe, without Stripe's own time.
  checkout,
  // The local Stripe: creating sessions, taking payments, delivering events.
  sandbox,
  // From the command to the first page, with and without an existing database.
  start,
  // Memory of the idle processes, before and after work.
  memory,
}

/** Measurements that take long or answer a special question. They run only when named. */
const ON_REQUEST: Record<string, Measurement> = {
  // A burst on two processes, beside floors that commit deliveries one by one and in groups; and pages meanwhile.
  bursts,
  // Pages beside those of a minimal Django shop.
  django,
  // Webhooks, lists and searches with up to 1,000,000 orders, 3,000,000 events and 100,000 variants, and the query plans.
  growth,
  // The operator's pages and searches with 1,000,000 orders and 3,000,000 events, and a CSV file of 100,000 orders.
  admin,
  // Memory over half a million deliveries.
  endurance,
}

const usage = `npm run bench -- [options]

  --only NAME,…      some of ${Object.keys({ ...MEASUREMENTS, ...ON_REQUEST }).join(', ')};
                     the last ${Object.keys(ON_REQUEST).length} run only when named
  --against RELEASE  also measure that version or commit, by turns with this tree, and print this tree ÷ RELEASE:
                     its shop on a database of its own, beside the same local Stripe, load and floors. It is built
                     aside, once. sandbox, django, growth, admin and endurance are measured of this tree alone
  --quick            one short round: for a first look, not for comparisons
  --profile FOLDER   also write a CPU profile (.cpuprofile) of each shop process there; it costs some speed
  --help             this text

growth and admin build their data sets once, which takes about ten minutes and 15 GB. They are kept in .bench, or in the folder
that BENCH_CACHE names.

Takes about three minutes. CPU and memory are measured on Linux only. The bench fails when a response or the
database is wrong afterwards, never because something is slow.
`

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      against: { type: 'string' },
      quick: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, quick, profile } = values
  if (values.help) {
    process.stdout.write(usage)
    return
  }
  const all = { ...MEASUREMENTS, ...ON_REQUEST }
  const names = only?.split(',') ?? Object.keys(MEASUREMENTS)
  const unknown = names.find((name) => !Object.hasOwn(all, name))
  if (unknown !== undefined) throw new Error(`There is no measurement "${unknown}".\n\n${usage}`)
  const chosen = Object.entries(all).filter(([name]) => names.includes(name))

  let stage: Promise<Stage> | undefined
  const nodeFlags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${path.resolve(profile)}`]
  const against = values.against === undefined ? null : await otherRelease(values.against)
  const bench: Bench = {
    rounds: quick ? 1 : 3,
    seconds: quick ? 1.5 : 3,
    stage: () => (stage ??= openStage(nodeFlags, against)),
    stageWith: (size) => openDataSetStage(nodeFlags, size),
    nodeFlags,
    against,
  }
  const began = performance.now()
  process.stdout.write(await describeMachine())
  const sections: Section[] = []
  for (const [, measure] of chosen) {
    for (const section of await measure(bench)) {
      printSection(section, against?.name ?? null)
      sections.push(section)
    }
  }
  printRatios(sections)
  if (against !== null) printComparison(sections, against.name)
  process.stdout.write(`\n${Math.round((performance.now() - began) / 1000)} seconds.\n`)
}

async function otherRelease(name: string): Promise<OtherRelease> {
  const release = await findRelease(name)
  return { name, folder: await buildRelease(release) }
}

cleanUpOnSignals()
run()
  .catch((error: unknown) => {
    process.stderr.write(
      `\nTHE BENCH FAILED: ${error instanceof Error ? (error.stack ?? '') : String(error)}\n`,
    )
    process.exitCode = 1
  })
  .finally(cleanUp)
