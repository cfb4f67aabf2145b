// The pages in the owner's own words, and their versions.
import type { PolicyVersion, PrismaClient } from '../generated/prisma/client.js'

/** In the order in which pages link them. */
export const POLICIES = ['terms', 'privacy', 'returns', 'contact'] as const
export type PolicySlug = (typeof POLICIES)[number]

export function isPolicy(slug: unknown): slug is PolicySlug {
  return (POLICIES as readonly unknown[]).includes(slug)
}

/** Where visitors read a policy, or one of its versions. */
export function policyPath(slug: PolicySlug, version?: number): string {
  return version === undefined ? `/pages/${slug}` : `/pages/${slug}/versions/${version}`
}

type Reader = Pick<PrismaClient, 'policy' | 'policyVersion'>

/** A version that was published once. Null: there is none. */
export function findVersion(
  prisma: Reader,
  slug: PolicySlug,
  version: number,
): Promise<PolicyVersion | null> {
  return prisma.policyVersion.findUnique({ where: { slug_version: { slug, version } } })
}

/** The version that visitors see. Null: the policy is not published. */
export async function currentVersion(prisma: Reader, slug: PolicySlug): Promise<PolicyVersion | null> {
  const policy = await prisma.policy.findUnique({ where: { slug } })
  const version = policy?.published ?? null
  return version === null ? null : findVersion(prisma, slug, version)
}

/** All versions without their texts, the newest first. */
export function listVersions(
  prisma: Reader,
  slug: PolicySlug,
): Promise<Pick<PolicyVersion, 'version' | 'publishedAt' | 'publishedById'>[]> {
  return prisma.policyVersion.findMany({
    where: { slug },
    select: { version: true, publishedAt: true, publishedById: true },
    orderBy: { version: 'desc' },
  })
}
