// Writes, publishes and withdraws policies.
import { currentActor } from '../audit/actor.js'
import { recordAudit } from '../audit/record-audit.js'
import type { Transaction } from '../database/client.js'
import type { Policy, PolicyVersion, PrismaClient } from '../generated/prisma/client.js'
import { Problem } from '../http/problem.js'
import { OWN_TERMS } from '../settings/settings.js'
import { termsLabel } from './accepted-terms.js'
import { POLICIES, type PolicySlug } from './policies.js'

/** Legal texts are long. This is some sixty pages. */
export const MAX_CHARACTERS = 200_000

/** Thrown when somebody else changed the policy meanwhile. */
export class PolicyChangedError extends Error {
  override name = 'PolicyChangedError'
}

/** What is wrong with a text. Null: nothing. */
export function textProblem(markdown: string): string | null {
  if (markdown.trim() === '') return 'Write the text first.'
  if (markdown.length > MAX_CHARACTERS)
    return `The text has ${markdown.length.toLocaleString('en')} characters. It can have ${MAX_CHARACTERS.toLocaleString('en')}.`
  return null
}

/** Line ends as files have them. Forms send others. */
function asStored(markdown: string): string {
  return markdown.replaceAll(/\r\n?/g, '\n')
}

/**
 * Keeps a text that is not published yet.
 * @param revision of the policy that the writer has seen
 * @throws PolicyChangedError
 */
export async function saveDraft(
  prisma: PrismaClient,
  slug: PolicySlug,
  markdown: string,
  revision: number,
): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockPolicy(tx, slug, revision)
    const draft = asStored(markdown)
    await tx.policy.update({
      where: { slug },
      data: { draft, draftedAt: new Date(), revision: { increment: 1 } },
    })
    await recordAudit(tx, {
      ...{ action: 'policy.drafted', subject: 'policy', subjectId: slug, fields: ['draft'] },
    })
  })
}

/** Forgets the draft. The published version stays. @throws PolicyChangedError */
export async function discardDraft(prisma: PrismaClient, slug: PolicySlug, revision: number): Promise<void> {
  await prisma.$transaction(async (tx) => {
    await lockPolicy(tx, slug, revision)
    await tx.policy.update({
      where: { slug },
      data: { draft: null, draftedAt: null, revision: { increment: 1 } },
    })
    await recordAudit(tx, {
      ...{ action: 'policy.draft_discarded', subject: 'policy', subjectId: slug, fields: ['draft'] },
    })
  })
}

/**
 * Publishes the draft as the next version. Terms are what shoppers must accept from then on.
 * @param revision of the policy that the owner has seen
 * @throws PolicyChangedError, and Problem if there is no draft
 */
export async function publishPolicy(
  prisma: PrismaClient,
  slug: PolicySlug,
  revision: number,
): Promise<PolicyVersion> {
  return prisma.$transaction(async (tx) => {
    const { draft } = await lockPolicy(tx, slug, revision)
    if (draft === null) throw nothingTo('publish', 'There is no draft. Write one first.')
    return publish(tx, slug, draft, { draft: null, draftedAt: null })
  })
}

/** Publishes a text that was written elsewhere. A draft stays. */
export function publishText(
  prisma: PrismaClient,
  slug: PolicySlug,
  markdown: string,
): Promise<PolicyVersion> {
  return prisma.$transaction(async (tx) => {
    await lockPolicy(tx, slug)
    return publish(tx, slug, asStored(markdown), {})
  })
}

async function publish(
  tx: Transaction,
  slug: PolicySlug,
  markdown: string,
  draft: { draft?: null; draftedAt?: null },
): Promise<PolicyVersion> {
  const last = await tx.policyVersion.findFirst({ where: { slug }, orderBy: { version: 'desc' } })
  const published = await tx.policyVersion.create({
    data: {
      ...{ slug, version: (last?.version ?? 0) + 1, markdown },
      publishedAt: new Date(),
      publishedById: currentActor()?.userId ?? null,
    },
  })
  const { version } = published
  await tx.policy.update({
    where: { slug },
    data: { published: version, ...draft, revision: { increment: 1 } },
  })
  await linkPublished(tx)
  if (slug === 'terms')
    await tx.shop.update({
      where: { id: 1 },
      data: { termsUrl: OWN_TERMS, termsVersion: termsLabel(published) },
    })
  await recordAudit(tx, {
    action: 'policy.published',
    subject: 'policy',
    subjectId: slug,
    fields: [`version ${version}`],
  })
  return published
}

/**
 * Takes a policy off the shop. Its versions can still be read at their own addresses. Shoppers are no longer asked to accept
 * terms that were withdrawn.
 * @throws Problem if it is not published
 */
export async function withdrawPolicy(prisma: PrismaClient, slug: PolicySlug): Promise<void> {
  await prisma.$transaction(async (tx) => {
    const { published } = await lockPolicy(tx, slug)
    if (published === null) throw nothingTo('withdraw', 'It is not published.')
    await tx.policy.update({ where: { slug }, data: { published: null, revision: { increment: 1 } } })
    await linkPublished(tx)
    if (slug === 'terms')
      await tx.shop.updateMany({
        where: { id: 1, termsUrl: OWN_TERMS },
        data: { termsUrl: null, termsVersion: null },
      })
    await recordAudit(tx, { action: 'policy.withdrawn', subject: 'policy', subjectId: slug })
  })
}

/** Lets every page link what is published. */
async function linkPublished(tx: Transaction): Promise<void> {
  const rows = await tx.policy.findMany({ where: { published: { not: null } }, select: { slug: true } })
  const policies = POLICIES.filter((slug) => rows.some((row) => row.slug === slug))
  await tx.shop.update({ where: { id: 1 }, data: { policies } })
}

/** @param revision that the policy must have. Undefined: any */
async function lockPolicy(tx: Transaction, slug: PolicySlug, revision?: number): Promise<Policy> {
  await tx.policy.createMany({ data: { slug }, skipDuplicates: true })
  // The shop's row orders all changes: each of them writes it, or reads what it says.
  await tx.$queryRaw`SELECT id FROM "Shop" WHERE id = 1 FOR UPDATE`
  const policy = await tx.policy.findUniqueOrThrow({ where: { slug } })
  if (revision !== undefined && policy.revision !== revision) throw new PolicyChangedError()
  return policy
}

function nothingTo(what: 'publish' | 'withdraw', why: string): Problem {
  return new Problem(409, `nothing_to_${what}`, `Nothing to ${what}`, why)
}
