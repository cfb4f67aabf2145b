// Every list is read in turn. tests/database/database-away.db.test.ts shows what that keeps free.
import express from 'express'
import supertest from 'supertest'
import { expect, it } from 'vitest'
import { orderApi } from '../../src/api/orders.js'
import { productApi } from '../../src/api/products.js'
import { catalogPages } from '../../src/catalog/routes.js'
import type { CheckoutDeps } from '../../src/checkout/pay.js'
import type { PrismaClient } from '../../src/generated/prisma/client.js'
import { answerErrors } from '../../src/http/errors.js'
import type { ReadList } from '../../src/http/list-limit.js'
import { Problem } from '../../src/http/problem.js'
import type { RateLimits } from '../../src/http/rate-limits.js'
import { orderListPages } from '../../src/orders/order-list.js'
import type { Database } from '../../src/database/client.js'
import type { Settings } from '../../src/settings/settings.js'

const neverItsTurn: ReadList = () => Promise.reject(new Problem(503, 'busy', 'Busy', 'Busy.'))
/** Nothing asks it before its turn. */
const prisma = {} as PrismaClient
const database = { prisma } as Database
const limits = {} as RateLimits

const app = express()
app.use((request, _response, next) => {
  request.user = { id: 1, email: 'ada@shopper.example', name: 'Ada', role: 'shopper', credentialVersion: 1 }
  next()
})
app.use(productApi(database, limits, neverItsTurn, () => Promise.resolve({ currency: 'usd' } as Settings)))
app.use(
  catalogPages(
    database,
    limits,
    neverItsTurn,
    {
      popular: () => Promise.resolve([]),
      mayHaveUnits: () => false,
      withOwnUnits: (product) => Promise.resolve(product),
      openOrderWith: () => Promise.resolve(null),
    },
    () => Promise.resolve({ currency: 'usd' } as Settings),
    { baseUrl: 'http://shop.example', previews: new Set() },
    false,
  ),
)
const settings = () => Promise.reject(new Error('not asked'))
app.use(orderListPages(prisma, settings, neverItsTurn))
app.use(orderApi({ database, settings: () => Promise.resolve({}) } as unknown as CheckoutDeps, neverItsTurn))
app.use(answerErrors)

it.each(['/pricing', '/account/orders', '/account/purchases', '/api/products', '/api/orders'])(
  '%s waits for its turn',
  async (path) => {
    const { body } = await supertest(app).get(path).set('accept', 'application/json').expect(503)
    expect(body).toMatchObject({ code: 'busy' })
  },
)
