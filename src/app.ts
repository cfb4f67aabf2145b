// The shop as an Express app, with its middleware in order. Webhook deliveries never reach it: webhooks/endpoint.ts
// answers them first.
import type { IncomingMessage } from 'node:http'
import path from 'node:path'
import compression from 'compression'
import type { Registry } from 'prom-client'
import express, { type Express, type Request, type RequestHandler } from 'express'
import { orderListPages } from './orders/order-list.js'
import { afterPaymentApi } from './api/after-payment.js'
import { accountAccessApi } from './api/account-access.js'
import { accountApi } from './api/accounts.js'
import { cartApi } from './api/cart.js'
import { deliveryQuoteApi } from './api/delivery-quotes.js'
import { onOperatorsBehalf } from './api/operators.js'
import { orderApi } from './api/orders.js'
import { paymentApi } from './api/payments.js'
import { purchaseApi } from './api/purchases.js'
import { productApi } from './api/products.js'
import { shippingApi } from './api/shipping-rates.js'
import { apiDocumentRoutes } from './api/routes.js'
import { shownEmail } from './accounts/email-address.js'
import { bearerTokens } from './accounts/bearer-token.js'
import { accountPages } from './account-pages/account-page.js'
import { addressPages } from './account-pages/addresses.js'
import { ownDataPages } from './account-pages/own-data.js'
import { secondFactorPages } from './account-pages/second-factor.js'
import { languageChoice } from './accounts/choose-language.js'
import { adminPages } from './admin/routes.js'
import { isOperator, isOwner } from './operators/roles.js'
import { signInFactor } from './operators/sign-in-factor.js'
import { invitationPages } from './operators/routes.js'
import { accountRoutes } from './accounts/routes.js'
import { sessionCookieName, signInMiddleware } from './accounts/sign-in.js'
import { guestCookie } from './cart/guest-cookie.js'
import { cartPages } from './cart/routes.js'
import { visitorsCart } from './cart/visitors-cart.js'
import { categoryMenu } from './catalog/category-menu.js'
import { previewNames } from './catalog/previews.js'
import { catalogPages } from './catalog/routes.js'
import { sitemapRoutes } from './catalog/sitemap.js'
import { projectRoot, type Config } from './config.js'
import type { Database } from './database/client.js'
import { fulfilmentPages } from './fulfilment/routes.js'
import { answerErrors, unknownPath } from './http/errors.js'
import { healthRoutes } from './http/health.js'
import { languages, pageToReturnTo, sameLanguage } from './http/languages.js'
import { limitLists } from './http/list-limit.js'
import { isForDeveloper } from './http/developer-page.js'
import { requestLog, type Logger } from './http/logging.js'
import { openAssets } from './http/assets.js'
import { refuseNullBytes } from './http/null-bytes.js'
import { requestProbe } from './http/request-probe.js'
import { metricsRoutes } from './http/metrics.js'
import { allowOrigins } from './http/without-cookies.js'
import { createRateLimits } from './http/rate-limits.js'
import { allowPictures, redirectToBaseHost, sameOriginOnly, securityHeaders } from './http/security.js'
import type { SharedPages } from './http/shared-pages.js'
import { viewEngine } from './http/views.js'
import { devMailRoutes } from './mail/dev-routes.js'
import type { MailSender } from './mail/mail-sender.js'
import { popularProducts } from './numbers/best-sellers.js'
import type { OrderWatch } from './orders/order-watch.js'
import { openOrderWith, withOwnUnits } from './orders/open-orders.js'
import { orderLinks } from './orders/open-links.js'
import { orderPages } from './orders/routes.js'
import { isNobody } from './orders/shopper.js'
import { shopperOf } from './orders/visitor.js'
import { cartCheckoutPages } from './checkout/cart-checkout.js'
import { checkoutPages } from './checkout/routes.js'
import { privacyPages } from './retention/routes.js'
import { pictureFiles } from './pictures/routes.js'
import { policyPages } from './policies/routes.js'
import { browserFiles } from './settings/browser-files.js'
import { stockNoticePages } from './stock-notices/routes.js'
import { lookHref, lookRoutes } from './settings/look.js'
import type { ReadSettings } from './settings/read-settings.js'
import { taxShown } from './settings/tax.js'
import { learnPaymentMethod } from './payments/learn-payment-method.js'
import type { StripeContext } from './payments/stripe-client.js'
import type { Inbox } from './webhooks/inbox.js'

export interface AppDeps {
  config: Pick<
    Config,
    | 'production'
    | 'baseUrl'
    | 'host'
    | 'port'
    | 'databaseUrl'
    | 'dataDir'
    | 'checkoutOrigin'
    | 'warnings'
    | 'sessionSecrets'
    | 'smtpUrl'
    | 'operatorEmail'
    | 'trustProxy'
    | 'metricsToken'
    | 'backlogLimitSeconds'
    | 'webConcurrency'
    | 'mailFrom'
    | 'logLevel'
  >
  database: Database
  stripe: StripeContext
  settings: ReadSettings
  inbox: Inbox
  registry: Registry
  watch: OrderWatch
  sender: MailSender
  log: Logger
  /** Whether the sign-in page shows the demo account. */
  demo: boolean
  /** Called when there may be mail to send. */
  wakeMail: () => void
  isStopping: () => boolean
  pages: SharedPages
  /** Port of the developer's listener. Null without one, and before it listens. */
  developerPort: () => number | null
}

export function createApp(deps: AppDeps): Express {
  const { config, database, stripe, settings, log } = deps
  const { baseUrl, production, operatorEmail } = config
  const devMail = !production && config.smtpUrl === null
  const limits = createRateLimits(database.pool)
  const readList = limitLists(database.max)
  const secureCookies = production && baseUrl.startsWith('https:')
  const cookie = guestCookie(secureCookies)
  const checkoutDeps = { database, stripe, settings, operatorEmail, log, limits, cookie }
  const publicFolder = path.join(projectRoot, 'public')
  const assets = openAssets(publicFolder, production)
  const auth = signInMiddleware(database, { sessionSecrets: config.sessionSecrets, secureCookies })

  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustProxy)
  app.set('views', path.join(projectRoot, 'views'))
  app.engine('ejs', viewEngine(production))
  app.set('view engine', 'ejs')
  // Defaults for error pages that are rendered before the visitor is known.
  const shellDefaults = {
    languages: [],
    baseUrl,
    suggestion: null,
    shopName: '',
    supportEmail: null,
    companyLines: [],
    tax: 'none',
    guestCheckout: false,
    policies: [],
    lookHref: null,
    logo: null,
    testMode: !stripe.livemode,
    asset: assets.address,
    menuCategories: [],
    isDevelopment: !production,
    devMail: false,
    user: null,
    cartCount: 0,
    currentPath: '/pricing',
    returnPath: '/pricing',
  }
  Object.assign(app.locals, shellDefaults)

  app.use(requestLog(log))
  app.use(securityHeaders(stripe.payPageOrigins, production))
  app.use(
    healthRoutes({
      database,
      isStopping: deps.isStopping,
      secondsBehind: () => deps.inbox.secondsBehind(),
      backlogLimitSeconds: config.backlogLimitSeconds,
      warnings: () => [stripe.clock.problem()].filter((problem) => problem !== null),
    }),
  )
  app.use(requestProbe(config.sessionSecrets))
  app.use(metricsRoutes(deps.registry, config.metricsToken))
  app.use(toShop(baseUrl, deps.developerPort))
  app.use(redirectToBaseHost(baseUrl))
  app.use(languages())
  app.use(compression())
  app.use(deps.pages.remember)
  app.use(assets.routes)
  app.use(pictureFiles(database.direct))
  app.use(lookRoutes())
  app.use(browserFiles(settings, publicFolder, assets.address))
  app.use(sitemapRoutes(database, settings, baseUrl))
  app.use(showSettings(settings))
  app.use(
    '/api',
    allowOrigins(baseUrl, async () => (await settings()).apiOrigins),
    bearerTokens(database.prisma),
  )
  app.use(sameOriginOnly(baseUrl))
  // A cart has two fields for each product, and carts that were merged are long.
  app.use(express.urlencoded({ extended: false, limit: '32kb', parameterLimit: 500, type: isUsualForm }))
  app.use(express.json({ limit: '32kb' }))
  app.use(refuseNullBytes)
  app.use(productApi(database, limits, readList, settings))
  app.use(shippingApi(database.prisma, settings))

  app.use(...auth.handlers)
  app.use('/api', onOperatorsBehalf)
  app.use(sameLanguage)
  app.use(visitorsCart(database.prisma, cookie))
  app.use(shell(devMail))
  app.use(categoryMenu(database.prisma))
  app.use(orderLinks(database.prisma, secureCookies))
  app.use(wakeAfterChange(deps.wakeMail))
  app.use(
    catalogPages(
      database,
      limits,
      readList,
      {
        popular: (currency, most) => popularProducts(database.direct, currency, most),
        mayHaveUnits,
        withOwnUnits: async (product, request) =>
          mayHaveUnits(request) ? withOwnUnits(database.direct, product, shopperOf(request)) : product,
        openOrderWith: (productId, request) => openOrderWith(database.prisma, productId, shopperOf(request)),
      },
      settings,
      { baseUrl, previews: previewNames(publicFolder) },
      production,
    ),
  )
  app.use(stockNoticePages(database, limits))
  app.use(policyPages(database.prisma))
  app.use(privacyPages(settings))
  app.use(languageChoice(database.prisma, secureCookies))
  const { sessionSecrets } = config
  const factor = signInFactor({ database, limits, config })
  app.use(accountRoutes({ database, limits, auth, factor, sessionSecrets, baseUrl, demo: deps.demo }))
  app.use(accountPages({ database, limits, baseUrl }))
  app.use(addressPages({ database }))
  app.use(secondFactorPages({ database, limits, config }))
  app.use(ownDataPages({ database, limits, auth }))
  app.use(invitationPages({ database, auth }))
  app.use(orderListPages(database.prisma, settings, readList))
  app.use(cartPages({ database, limits, cookie }))
  app.use(cartCheckoutPages(checkoutDeps))
  app.use(fulfilmentPages(checkoutDeps))
  app.use(
    orderPages(database.prisma, settings, deps.watch, (orderId) => learnPaymentMethod(checkoutDeps, orderId)),
  )
  app.use(accountApi({ database, limits, auth, factor, baseUrl }))
  app.use(accountAccessApi(database.prisma))
  app.use(cartApi({ database, limits, cookie, baseUrl }))
  app.use(deliveryQuoteApi({ database, limits, cookie, baseUrl, settings }))
  app.use(orderApi(checkoutDeps, readList))
  app.use(afterPaymentApi(checkoutDeps))
  app.use(purchaseApi(database.prisma, readList))
  app.use(apiDocumentRoutes(baseUrl, sessionCookieName(secureCookies)))
  app.use(checkoutPages(checkoutDeps))
  app.use(paymentApi(checkoutDeps))
  app.use(adminPages({ ...checkoutDeps, config, inbox: deps.inbox }))
  if (devMail) app.use(devMailRoutes(database.prisma, deps.sender, deps.developerPort, baseUrl))
  app.use(unknownPath)
  app.use(answerErrors)
  return app
}

/** Sets what pages show of the owner's settings, on error pages too. */
function showSettings(settings: ReadSettings): RequestHandler {
  return async (_request, response, next) => {
    const read = await settings()
    const { name: shopName, supportEmail, companyLines, guestCheckout, policies, logo } = read
    const ofShop = { shopName, supportEmail, companyLines, guestCheckout, policies, logo }
    Object.assign(response.locals, ofShop, { tax: taxShown(read), lookHref: lookHref(read) })
    allowPictures(response, read.pictureHosts)
    next()
  }
}

/** Policies are longer than other forms. Their own router reads them, once it is known who asks. */
function isUsualForm(request: IncomingMessage): boolean {
  return (
    /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '') &&
    !/^\/admin\/policies\//i.test(request.url ?? '')
  )
}

function mayHaveUnits(request: Request): boolean {
  return request.user ? request.user.hasOpenOrders !== false : !isNobody(shopperOf(request))
}

/** Pages that are personal even when nobody is signed in: a guest's cart, and forms with an address or a token. */
const PERSONAL =
  /^\/(account|cart|checkout|email|login|operators|orders|password|payment-success|register|api\/(cart|me|register|sign-in))\b/i

/**
 * Sets what every page shows around its content. Every page of a signed-in shopper shows their name, so the browser must
 * not keep it: the Back button would show it to whoever comes after them.
 */
function shell(devMail: boolean): RequestHandler {
  return (request, response, next) => {
    response.locals.user = request.user
      ? {
          name: request.user.name,
          email: shownEmail(request.user.email),
          isOperator: isOperator(request.user),
          isOwner: isOwner(request.user),
        }
      : null
    response.locals.currentPath = request.originalUrl
    response.locals.returnPath = pageToReturnTo(request)
    response.locals.devMail = devMail
    const isPersonal = request.user !== undefined || PERSONAL.test(request.path)
    response.set('Cache-Control', isPersonal ? 'no-store' : 'private, no-cache')
    next()
  }
}

/** Links from the developer's pages lead back to the shop's own address. */
function toShop(baseUrl: string, developerPort: () => number | null): RequestHandler {
  return (request, response, next) => {
    const isShopPage = !/^\/(dev|assets)\//i.test(request.path)
    if (isShopPage && isForDeveloper(request, developerPort()))
      response.redirect(302, `${baseUrl}${request.originalUrl}`)
    else next()
  }
}

/** Wakes the mail loop after each POST, which may have written a mail. */
function wakeAfterChange(wakeMail: () => void): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'POST') response.once('finish', wakeMail)
    next()
  }
}
