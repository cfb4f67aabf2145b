// How the shop is doing: what it depends on, what waits, what runs, and what is configured.
import cluster from 'node:cluster'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import Stripe from 'stripe'
import { hasTrigrams, NO_TRIGRAMS } from '../catalog/search-products.js'
import { projectRoot } from '../config.js'
import { migrationsFolder, readMigrations } from '../database/migrations/folder.js'
import { STRIPE_API_VERSION } from '../payments/stripe-client.js'
import { readTaxReadiness, taxAdvice } from '../payments/tax-readiness.js'
import { SETTINGS } from '../settings/setting-table.js'
import { backlogOf } from '../webhooks/event-rows.js'
import type { AdminDeps } from './admin-deps.js'
import { formatDuration } from './durations.js'
import type { Fact, HealthPage } from './health-models.js'
import { formatDateTime } from './times.js'

type Section = HealthPage['sections'][number]

const { version } = JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as {
  version: string
}

type HealthDeps = Pick<AdminDeps, 'database' | 'stripe' | 'settings' | 'config'>

/** The shop, whichever process asks. */
export async function healthSections(deps: HealthDeps): Promise<Section[]> {
  const read = await Promise.all([
    databaseSection(deps),
    eventsSection(deps),
    mailSection(deps),
    migrationsSection(deps),
    settingsSection(deps),
    taxSection(deps),
  ])
  return [...read.filter((one) => one !== null), configurationSection(deps)]
}

async function databaseSection({ database }: HealthDeps): Promise<Section> {
  const before = performance.now()
  await database.pool.query('SELECT')
  const took = performance.now() - before
  const { rows } = await database.pool.query<{ version: string; size: string; name: string }>(
    `SELECT current_database() AS name, current_setting('server_version') AS version, pg_size_pretty(pg_database_size(current_database())) AS size`,
  )
  const isComplete = await hasTrigrams(database.direct)
  return section('database', 'Database', [
    { label: 'Name', value: rows[0]?.name ?? '' },
    { label: 'PostgreSQL', value: rows[0]?.version ?? '' },
    { label: 'One query takes', value: `${took.toFixed(1)} ms` },
    { label: 'Size', value: rows[0]?.size ?? '' },
    { label: 'Connections of this process', value: `${database.open()} of ${database.max}` },
    {
      label: 'Search',
      value: isComplete ? 'complete' : NO_TRIGRAMS,
      isWrong: !isComplete,
    },
    { label: 'Disk', value: database.isFull() ? 'full' : 'has room', isWrong: database.isFull() },
  ])
}

async function eventsSection({ database, stripe, settings, config }: HealthDeps): Promise<Section> {
  const [{ timeZone }, { unhandled, overdueSeconds }, last] = await Promise.all([
    settings(),
    backlogOf(database),
    database.prisma.stripeEvent.findFirst({ orderBy: { created: 'desc' }, select: { receivedAt: true } }),
  ])
  const skew = stripe.clock.skew()
  const problem = stripe.clock.problem()
  return section('events', 'Stripe’s events', [
    { label: 'Waiting for a retry', value: String(unhandled) },
    {
      label: 'Longest due',
      value: `${Math.round(overdueSeconds)} seconds`,
      isWrong: overdueSeconds > config.backlogLimitSeconds,
    },
    { label: 'Last received', value: last ? formatDateTime(last.receivedAt, timeZone).text : 'none yet' },
    {
      label: 'Clock against Stripe’s',
      value: problem ?? (skew === null ? 'not measured yet' : `${Math.round(skew / 1000)} seconds off`),
      isWrong: problem !== null,
    },
  ])
}

async function mailSection({ database, settings, config }: HealthDeps): Promise<Section> {
  const { prisma } = database
  const [{ timeZone }, waiting, abandoned, [last]] = await Promise.all([
    settings(),
    prisma.mail.count({
      where: { OR: [{ dueAt: { not: null } }, { dueAt: null, attempts: 0, sentAt: null, outdated: false }] },
    }),
    prisma.incident.count({ where: { kind: 'mail_failed', resolvedAt: null } }),
    // Mails are sent within moments of being written, so the newest rows tell.
    prisma.$queryRaw<{ sentAt: Date | null }[]>`
      SELECT max("sentAt") AS "sentAt" FROM (SELECT "sentAt" FROM "Mail" ORDER BY id DESC LIMIT 500) AS newest`,
  ])
  const sentAt = last?.sentAt ?? null
  return section('mail', 'Email', [
    { label: 'Waiting', value: String(waiting) },
    { label: 'Given up', value: String(abandoned), isWrong: abandoned > 0 },
    { label: 'Last sent', value: sentAt ? formatDateTime(sentAt, timeZone).text : 'none yet' },
    { label: 'Sender', value: config.mailFrom },
    {
      label: 'Operator’s address',
      value: config.operatorEmail ?? 'none',
      isWrong: config.operatorEmail === null,
    },
  ])
}

async function migrationsSection({ database }: HealthDeps): Promise<Section> {
  const [{ migrationDirectories }, applied] = await Promise.all([
    readMigrations(migrationsFolder),
    database.pool.query<{ name: string }>(
      `SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    ),
  ])
  const done = new Set(applied.rows.map(({ name }) => name))
  const pending = migrationDirectories.map((migration) => migration.path).filter((name) => !done.has(name))
  return section('migrations', 'Migrations', [
    { label: 'Applied', value: String(done.size) },
    { label: 'Newest', value: [...done].sort().at(-1) ?? 'none' },
    { label: 'Pending', value: pending.join(', ') || 'none', isWrong: pending.length > 0 },
  ])
}

export function processSection({ config }: HealthDeps): Section {
  const { worker } = cluster
  return section('process', 'This process', [
    { label: 'Till', value: version },
    { label: 'Node.js', value: process.version },
    { label: 'Stripe’s API', value: STRIPE_API_VERSION },
    { label: 'Stripe’s SDK', value: Stripe.PACKAGE_VERSION },
    { label: 'Process', value: worker ? `${process.pid}, worker ${worker.id}` : String(process.pid) },
    { label: 'Processes', value: String(config.webConcurrency) },
    { label: 'Running for', value: formatDuration(process.uptime() * 1000) },
    { label: 'Memory', value: `${Math.round(process.memoryUsage.rss() / 1024 / 1024)} MB` },
  ])
}

async function settingsSection({ settings }: HealthDeps): Promise<Section> {
  const values = await settings()
  const facts = Object.values(SETTINGS).map(({ name, show }) => ({ label: name, value: show(values) }))
  return section('settings', 'Settings', facts)
}

/** Null: Stripe Tax is off. */
async function taxSection({ settings, stripe }: HealthDeps): Promise<Section | null> {
  if ((await settings()).tax !== 'stripe') return null
  const readiness = await readTaxReadiness(stripe)
  return section('tax', 'Stripe Tax', [
    { label: 'Settings at Stripe', value: taxAdvice(readiness), isWrong: readiness.state === 'incomplete' },
  ])
}

function configurationSection({ config, stripe }: HealthDeps): Section {
  return section('configuration', 'Configuration', [
    { label: 'Mode', value: config.production ? 'production' : 'development' },
    { label: 'Address', value: config.baseUrl },
    { label: 'Listens on', value: `${config.host}, port ${config.port}` },
    { label: 'Database', value: databaseHost(config.databaseUrl) },
    { label: 'Data folder', value: config.dataDir },
    { label: 'Mail server', value: config.smtpUrl === null ? 'none' : new URL(config.smtpUrl).host },
    { label: 'Stripe’s pages', value: config.checkoutOrigin ?? 'checkout.stripe.com' },
    { label: 'Stripe', value: stripe.livemode ? 'live' : 'test: no money moves' },
    { label: 'Webhook secrets', value: String(stripe.webhookSecrets.length) },
    { label: 'Session secrets', value: String(config.sessionSecrets.length) },
    { label: 'Trusted proxies', value: String(config.trustProxy) },
    { label: 'Backlog limit', value: `${config.backlogLimitSeconds} seconds` },
    { label: 'Metrics', value: config.metricsToken === null ? 'off' : 'with a token' },
    { label: 'Log level', value: config.logLevel },
    {
      label: 'Warnings',
      value: config.warnings.join(' ') || 'none',
      isWrong: config.production && config.warnings.length > 0,
    },
  ])
}

/** The server alone: the URL has a password. */
function databaseHost(databaseUrl: string | null): string {
  if (databaseUrl === null) return 'in the data folder'
  const { host, searchParams } = new URL(databaseUrl)
  return searchParams.get('host') ?? host
}

function section(id: string, title: string, facts: Fact[]): Section {
  return { id, title, facts }
}
