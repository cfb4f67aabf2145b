// Measures CPU time per response, which varies less than speed when other programs are running.
import type { Load } from './load.js'
import { cpuSeconds } from './processes.js'
import type { Row } from './table.js'

export interface CpuCost {
  /** Milliseconds per response. */
  server: number
  /** Milliseconds per response. */
  postgres: number
  /** Percent of one core during the run. */
  client: number
}

export async function withCpuCost(
  processes: { server: number; postgres: number },
  run: () => Promise<Load>,
): Promise<{ result: Load; cost: CpuCost }> {
  const look = () => ({
    server: cpuSeconds(processes.server),
    postgres: cpuSeconds(processes.postgres),
    client: ownCpuSeconds(),
  })
  const before = look()
  const result = await run()
  const after = look()
  const each = (who: 'server' | 'postgres') => ((after[who] - before[who]) * 1000) / result.answers.length
  return {
    result,
    cost: {
      server: each('server'),
      postgres: each('postgres'),
      client: ((after.client - before.client) / result.seconds) * 100,
    },
  }
}

export function cpuRows(
  shop: readonly CpuCost[],
  floor: readonly CpuCost[],
  other?: readonly CpuCost[],
): Row[] {
  const row = (what: string, unit: Row['unit'], key: keyof CpuCost, compared: boolean): Row => ({
    what,
    unit,
    shop: shop.map((cost) => cost[key]),
    other: other?.map((cost) => cost[key]),
    floor: floor.map((cost) => cost[key]),
    compared,
  })
  return [
    row('CPU of the server for each', 'ms', 'server', true),
    row('CPU of PostgreSQL for each', 'ms', 'postgres', false),
    row('CPU of the load generator', '% of a core', 'client', false),
  ]
}

function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}
