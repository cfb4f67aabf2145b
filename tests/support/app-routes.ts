// The routes of the app, for tests that must know of each.
import type { RequestHandler, Router } from 'express'
import { createApp, type AppDeps } from '../../src/app.js'
import type { TestShop } from './shop.js'

const nothingElse: RequestHandler = (_request, _response, next) => next()

/** "GET /orders/:orderKey" for each route of the app and of the routers in it. */
export function routesOfApp({ database }: Pick<TestShop, 'database'>): string[] {
  const deps = {
    config: { production: false, baseUrl: 'http://127.0.0.1', sessionSecrets: ['x'], trustProxy: false },
    database,
    stripe: { payPageOrigins: [], livemode: false },
    registry: {},
    pages: { remember: nothingElse },
  }
  return routesOf(createApp(deps as unknown as AppDeps).router)
}

function routesOf({ stack }: Pick<Router, 'stack'>): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route) return [...new Set(route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`))]
    return 'stack' in handle ? routesOf(handle as unknown as Router) : []
  })
}
