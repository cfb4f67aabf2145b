// npm run bench: how fast the shop is, beside the least that the same work can cost on this machine, in the same run.
import { parseArgs } from 'node:util'
import { cleanUp, cleanUpOnSignals } from './cleanup.js'
import { describeMachine } from './machine.js'
import { bursts } from './measurements/bursts.js'
import { checkout } from './measurements/checkout.js'
import { endurance } from './measurements/endurance.js'
import { growth } from './measurements/growth.js'
import { memory } from './measurements/memory.js'
import { page } from './measurements/page.js'
import { sandbox } from './measurements/sandbox.js'
import { start } from './measurements/start.js'
import { webhooks } from './measurements/webhooks.js'
import { printRatios, printSection, type Section } from './table.js'
import { openStage, type Stage } from './stage.js'

export interface Bench {
  /** How often shop and floor take turns; the medians of the rounds are shown. */
  rounds: number
  /** How long one run of a load lasts. */
  seconds: number
  /** A database, a local Stripe and what is needed to start a shop on them; opened for whoever asks first. */
  stage: () => Promise<Stage>
  /** The flags of node for the shop's process. */
  nodeFlags: string[]
}

export type Measurement = (bench: Bench) => Promise<Section[]>

const MEASUREMENTS: Record<string, Measurement> = {
  // Signed events in, settled orders out.
  webhooks,
  // A product's page for somebody who is not signed in.
  page,
  // From Purchase to the redirect to Stripe, without Stripe's own time.
  checkout,
  // The local Stripe: sessions made, payments taken, events delivered.
  sandbox,
  // From the command to the first page, with and without a database there already.
  start,
  // What the processes hold when nothing happens, before and after work.
  memory,
}

/** What takes long, or is about one thing: measured when it is asked for by name. */
const ON_REQUEST: Record<string, Measurement> = {
  // Two processes in a burst, beside a floor that commits each delivery and one that commits them together; a page meanwhile.
  bursts,
  // The same with a million orders, purchases and events in the tables; and the plans of the statements.
  growth,
  // Memory over half a million deliveries.
  endurance,
}

const usage = `npm run bench -- [options]

  --only NAME,…      some of ${Object.keys({ ...MEASUREMENTS, ...ON_REQUEST }).join(', ')};
                     the last ${Object.keys(ON_REQUEST).length} are measured only when they are named
  --quick            one short round: for a look, not for a comparison
  --profile FOLDER   also write a CPU profile (.cpuprofile) of each shop process there; it costs some speed
  --help             this text

Takes some three minutes and needs Linux for what it says about CPU and memory. No time is asserted:
it fails only when an answer or what stands in the database afterwards is wrong.
`

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
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
  const nodeFlags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]
  const bench: Bench = {
    rounds: quick ? 1 : 3,
    seconds: quick ? 1.5 : 3,
    stage: () => (stage ??= openStage(nodeFlags)),
    nodeFlags,
  }
  const began = performance.now()
  process.stdout.write(await describeMachine())
  const sections: Section[] = []
  for (const [, measure] of chosen) {
    for (const section of await measure(bench)) {
      printSection(section)
      sections.push(section)
    }
  }
  printRatios(sections)
  process.stdout.write(`\n${Math.round((performance.now() - began) / 1000)} seconds.\n`)
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
