// GET /metrics for Prometheus, summed over all processes of the shop on this machine.
import cluster from 'node:cluster'
import { timingSafeEqual } from 'node:crypto'
import { Router } from 'express'
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client'
import { z } from 'zod'
import { notFound, Problem } from './problem.js'

const COLLECT_TIMEOUT_MS = 5000
const metricsRequest = z.object({ type: z.literal('till:metrics'), id: z.number() })
const metricsReply = z.object({ type: z.literal('till:metrics'), id: z.number(), text: z.string() })

export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'till_' })
  if (cluster.isWorker) {
    // Makes this worker answer when the primary process collects metrics.
    new AggregatorRegistry()
    AggregatorRegistry.setRegistries([registry])
  }
  return registry
}

/** Makes the primary process collect the metrics of all workers for the worker that received the request. */
export function collectFromWorkers(): void {
  const all = new AggregatorRegistry()
  cluster.on('message', (worker, message: unknown) => {
    const asked = metricsRequest.safeParse(message)
    if (!asked.success) return
    all.clusterMetrics().then(
      (text) => worker.send({ ...asked.data, text }),
      // The worker that asked has its own timeout.
      () => undefined,
    )
  })
}

/** @param token bearer token that callers must send. Null: nobody may read them */
export function metricsRoutes(registry: Registry, token: string | null): Router {
  const router = Router()
  router.get('/metrics', async (request, response) => {
    if (token === null || !isBearer(token, request.get('authorization') ?? '')) throw notFound()
    const text = cluster.isWorker ? await collectAllMetrics() : await registry.metrics()
    response.type(Registry.PROMETHEUS_CONTENT_TYPE).send(text)
  })
  return router
}

function isBearer(token: string, header: string): boolean {
  const given = Buffer.from(header)
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

let asked = 0

function collectAllMetrics(): Promise<string> {
  const id = ++asked
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      process.off('message', onMessage)
    }
    const onMessage = (message: unknown) => {
      const answer = metricsReply.safeParse(message)
      if (!answer.success || answer.data.id !== id) return
      stop()
      resolve(answer.data.text)
    }
    const timer = setTimeout(() => {
      stop()
      reject(
        new Problem(
          503,
          'metrics_unavailable',
          'No metrics',
          'The shop’s processes did not answer in time.',
          {
            retryAfter: 5,
          },
        ),
      )
    }, COLLECT_TIMEOUT_MS)
    process.on('message', onMessage)
    process.send?.({ type: 'till:metrics', id })
  })
}
