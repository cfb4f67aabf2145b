// Memory over half a million deliveries, read every ten thousand.
import type { Bench } from '../main.js'
import { sampleSession } from '../deliveries.js'
import { proportionalMegabytes } from '../processes.js'
import type { Section } from '../table.js'
import { BURST, shopDeliveries } from './webhooks.js'

const STEP = 10_000
const STEPS = 50

export async function endurance(bench: Bench): Promise<Section[]> {
  const stage = await bench.stage()
  const sample = await sampleSession(stage)
  const child = await stage.startShop({ processes: 2 })
  const shop = shopDeliveries(stage, sample, child)
  const megabytes: number[] = []
  for (let step = 1; step <= STEPS; step++) {
    await shop.deliver(BURST, STEP)
    const now = proportionalMegabytes(child.pid)
    megabytes.push(now)
    process.stdout.write(
      `  ${(step * STEP).toLocaleString('en').padStart(9)} deliveries: ${now.toFixed(0)} MB\n`,
    )
  }
  await shop.stop()
  return [
    {
      title: `Memory over ${(STEP * STEPS).toLocaleString('en')} deliveries`,
      rows: [
        {
          what: 'all processes, last tenth ÷ first tenth',
          unit: 'MB',
          shop: megabytes.slice(-STEPS / 10),
          floor: megabytes.slice(0, STEPS / 10),
          compared: true,
        },
      ],
      notes: ['floor: the same shop after its first deliveries'],
    },
  ]
}
