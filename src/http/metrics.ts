// GET /metrics: what Prometheus reads, for all processes of this machine's shop together.
import cluster from 'node:cluster'
import { timingSafeEqual } from 'node:crypto'
import { Router, type Request } from 'express'
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { z } from 'zod'
import { notFound, Problem } from './problem.js'
import { isFromThisMachine } from './same-machine.js'

const PATIENCE_MS = 5000
const ask = z.object({ type: z.literal('till:metrics'), id: z.number() })
const told = z.object({ type: z.literal('till:metrics'), id: z.number(), text: z.string() })

export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'till_' })
  if (cluster.isWorker) {
    // Answers the leading process, which collects from all.
    new AggregatorRegistry()
    AggregatorRegistry.setRegistries([registry])
  }
  return registry
}

/** The leading process answers for all of its workers: any of them may be asked. */
export function collectFromWorkers(): void {
  const all = new AggregatorRegistry()
  cluster.on('message', (worker, message: unknown) => {
    const asked = ask.safeParse(message)
    if (!asked.success) return
    all.clusterMetrics().then(
      (text) => worker.send({ ...asked.data, text }),
      // The one that asked gives up by itself.
      () => undefined,
    )
  })
}

/** @param token null: only this machine may ask, and not through a proxy */
export function metricsRoutes(registry: Registry, token: string | null): Router {
  const router = Router()
  router.get('/metrics', async (request, response) => {
    if (!mayAsk(request, token)) throw notFound()
    const text = cluster.isWorker ? await metricsOfAll() : await registry.metrics()
    response.type(Registry.PROMETHEUS_CONTENT_TYPE).send(text)
  })
  return router
}

function mayAsk(request: Request, token: string | null): boolean {
  if (token === null) return isFromThisMachine(request)
  const given = Buffer.from(request.get('authorization') ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

let asked = 0

function metricsOfAll(): Promise<string> {
  const id = ++asked
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      process.off('message', hear)
    }
    const hear = (message: unknown) => {
      const answer = told.safeParse(message)
      if (!answer.success || answer.data.id !== id) return
      stop()
      resolve(answer.data.text)
    }
    const timer = setTimeout(() => {
      stop()
      reject(
        new Problem(503, 'metrics_unavailable', 'No metrics', 'The processes did not answer in time.', {
          retryAfter: 5,
        }),
      )
    }, PATIENCE_MS)
    process.on('message', hear)
    process.send?.({ type: 'till:metrics', id })
  })
}
