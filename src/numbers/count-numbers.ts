// Keeps the shop's numbers up to date, a few days at a time.
import type { Transaction } from '../database/client.js'
import type { Prisma, PrismaClient } from '../generated/prisma/client.js'
import { changedDays, firstDay, type Seen } from './changed-days.js'
import { countDay, countProducts, dayIn } from './count-day.js'
import { addUpMonths } from './cumulative-products.js'
import { daysBefore, isDayBetween } from './days.js'
import { addUpYear, YEAR_DAYS } from './year-products.js'

/** A turn counts no further day after this time, which leaves the database to others. */
const TURN_MS = 100
/** How often past days are counted again in turn. */
const CHECK_MS = 60_000
/** The year's sums of a large shop are read at once. */
const TIMEOUT_MS = 120_000

interface Progress extends Seen {
  timeZone: string
  builtFrom: string | null
  firstDay: string | null
  yearTo: string | null
  checkedDay: string | null
  checkedAt: Date | null
  countedTo: Date | null
  now: Date
  today: string
  /** PostgreSQL's, at the beginning of the turn. */
  currentSnapshot: string
}

export interface Turn {
  /** Days that were counted. */
  days: number
  /** Whether days are left to count. */
  isBehind: boolean
}

/**
 * Counts the days that have changed, and, until all are there, those before. One process at a time does it.
 * @returns null if another process is at it
 */
export function countNumbers(prisma: PrismaClient, timeZone: string, turnMs = TURN_MS): Promise<Turn | null> {
  const began = performance.now()
  const isOver = () => performance.now() - began >= turnMs
  return prisma.$transaction(
    async (tx) => {
      const progress = await readProgress(tx, timeZone)
      if (progress === null) return null
      const state = await begun(tx, timeZone, progress)
      const found = await changedDays(tx, timeZone, state)
      await addDays(tx, [...found.days])
      const days = await countChanged(tx, timeZone, state, isOver)
      const left = await tx.dayToCount.count()
      const built = await build(tx, timeZone, state, isOver)
      const isBuilt = isComplete({ ...state, ...built })
      const yearTo = isBuilt && !isOver() ? await addUpYear(tx, state.yearTo, state.today) : state.yearTo
      const hasMonthsLeft = isBuilt && (await addUpMonths(tx, state.firstDay, state.today, isOver))
      const checked = isBuilt && left === 0 ? await check(tx, timeZone, state) : {}
      await save(tx, {
        ...{ timeZone, firstDay: state.firstDay, yearTo, ...built, ...checked, ...found.seen },
        snapshot: progress.currentSnapshot,
        countedTo: left === 0 ? state.now : state.countedTo,
      })
      return {
        days: days + built.days,
        isBehind: left > 0 || !isBuilt || yearTo !== daysBefore(state.today, 1) || hasMonthsLeft,
      }
    },
    { timeout: TIMEOUT_MS },
  )
}

/** Throws the numbers away, to be added up again. */
export async function forgetNumbers(tx: Pick<Transaction, '$executeRaw'>): Promise<void> {
  // In the order of `countNumbers`.
  await tx.$executeRaw`SELECT id FROM "NumbersProgress" WHERE id = 1 FOR UPDATE`
  await tx.$executeRaw`TRUNCATE "DayToCount", "DayNumbers", "DayProduct", "YearProduct", "CumulativeProduct", "CumulativeMonth"`
  await tx.$executeRaw`
    UPDATE "NumbersProgress" SET "timeZone" = '', "builtFrom" = NULL, "firstDay" = NULL, "orderId" = 0, "purchaseId" = 0,
      "openDays" = '{}', snapshot = NULL, "countedTo" = NULL, "yearTo" = NULL, "checkedDay" = NULL, "checkedAt" = NULL WHERE id = 1`
}

async function readProgress(tx: Transaction, timeZone: string): Promise<Progress | null> {
  const [progress] = await tx.$queryRaw<Progress[]>`
    SELECT "timeZone", "builtFrom"::text, "firstDay"::text, "yearTo"::text, "orderId", "purchaseId", "openDays", snapshot,
      pg_current_snapshot()::text AS "currentSnapshot", "countedTo", "checkedDay"::text, "checkedAt", now() AS now, (now() AT TIME ZONE ${timeZone}::text)::date::text AS today
    FROM "NumbersProgress" WHERE id = 1 FOR UPDATE SKIP LOCKED`
  return progress ?? null
}

/** At first, and in another time zone, all days are to be counted, and what there is now is not new. */
async function begun(tx: Transaction, timeZone: string, progress: Progress) {
  const { now, today, currentSnapshot } = progress
  if (progress.timeZone === timeZone && progress.builtFrom !== null && progress.firstDay !== null)
    return { ...progress, builtFrom: progress.builtFrom, firstDay: progress.firstDay }
  await forgetNumbers(tx)
  const [last] = await tx.$queryRaw<{ orderId: number; purchaseId: number }[]>`
    SELECT coalesce((SELECT max(id) FROM "Order"), 0) AS "orderId",
      coalesce((SELECT max(id) FROM "PurchaseHistory"), 0) AS "purchaseId"`
  return {
    ...{ now, today, timeZone, orderId: last?.orderId ?? 0, purchaseId: last?.purchaseId ?? 0, openDays: {} },
    ...{ snapshot: currentSnapshot, countedTo: now, yearTo: null, checkedDay: null, checkedAt: null },
    builtFrom: daysBefore(today, -1),
    firstDay: await firstDay(tx, timeZone, today),
  }
}

type State = Awaited<ReturnType<typeof begun>>

const isComplete = ({ builtFrom, firstDay }: Pick<State, 'builtFrom' | 'firstDay'>) => builtFrom <= firstDay

/** The newest first. Days that are not built yet will be. */
async function countChanged(
  tx: Transaction,
  timeZone: string,
  state: State,
  isOver: () => boolean,
): Promise<number> {
  const wanted = await tx.$queryRaw<{ day: string }[]>`
    SELECT day::text FROM "DayToCount" ORDER BY "DayToCount".day DESC`
  const done: string[] = []
  let days = 0
  for (const { day } of wanted) {
    if (days > 0 && isOver()) break
    done.push(day)
    if (isDayBetween(day, state.firstDay, daysBefore(state.builtFrom, 1))) continue
    await count(tx, day, timeZone, state.yearTo)
    days += 1
  }
  await tx.$executeRaw`DELETE FROM "DayToCount" WHERE day = ANY (${done}::text[]::date[])`
  return days
}

/** Counts the days before those that are there. */
async function build(tx: Transaction, timeZone: string, state: State, isOver: () => boolean) {
  let { builtFrom } = state
  let days = 0
  while (!isComplete({ ...state, builtFrom }) && (days === 0 || !isOver())) {
    builtFrom = daysBefore(builtFrom, 1)
    await count(tx, builtFrom, timeZone, null)
    days += 1
  }
  return { builtFrom, days }
}

/** Counts yesterday and another past day again: not every change leaves a trace. */
async function check(tx: Transaction, timeZone: string, state: State) {
  const { now, today, firstDay, checkedDay, checkedAt, yearTo } = state
  if (checkedAt !== null && now.getTime() - checkedAt.getTime() < CHECK_MS) return {}
  const yesterday = daysBefore(today, 1)
  const next =
    checkedDay === null || checkedDay <= firstDay ? daysBefore(today, 2) : daysBefore(checkedDay, 1)
  for (const day of [yesterday, next]) if (day >= firstDay) await count(tx, day, timeZone, yearTo)
  return { checkedDay: next, checkedAt: now }
}

async function count(tx: Transaction, day: string, timeZone: string, yearTo: string | null): Promise<void> {
  const moments = await dayIn(tx, day, timeZone)
  await countDay(tx, moments)
  const isInYear = yearTo !== null && isDayBetween(day, daysBefore(yearTo, YEAR_DAYS - 1), yearTo)
  await countProducts(tx, moments, isInYear)
}

async function addDays(tx: Transaction, days: readonly string[]): Promise<void> {
  if (days.length === 0) return
  await tx.$executeRaw`
    INSERT INTO "DayToCount" (day) SELECT * FROM unnest(${[...days]}::text[]::date[]) ON CONFLICT DO NOTHING`
}

type Saved = Pick<
  State,
  | 'timeZone'
  | 'builtFrom'
  | 'firstDay'
  | 'orderId'
  | 'purchaseId'
  | 'openDays'
  | 'snapshot'
  | 'countedTo'
  | 'yearTo'
> & { checkedDay?: string; checkedAt?: Date }

async function save(tx: Transaction, { checkedDay, checkedAt, openDays, ...saved }: Saved): Promise<void> {
  const { timeZone, builtFrom, firstDay, orderId, purchaseId, snapshot, countedTo, yearTo } = saved
  const open: Prisma.InputJsonObject = openDays
  await tx.$executeRaw`
    UPDATE "NumbersProgress" SET "timeZone" = ${timeZone}, "builtFrom" = ${builtFrom}::text::date,
      "firstDay" = ${firstDay}::text::date, "orderId" = ${orderId}, "purchaseId" = ${purchaseId},
      "openDays" = ${JSON.stringify(open)}::text::jsonb, snapshot = ${snapshot}, "countedTo" = ${countedTo}, "yearTo" = ${yearTo}::text::date,
      "checkedDay" = coalesce(${checkedDay ?? null}::text::date, "checkedDay"),
      "checkedAt" = coalesce(${checkedAt ?? null}::timestamptz, "checkedAt")
    WHERE id = 1`
}
