// Finds the text of the terms that a shopper accepted.
import type { PolicyVersion, PrismaClient } from '../generated/prisma/client.js'
import { findVersion, policyPath } from './policies.js'

/** What orders keep as the version of our own terms: "3 of 2026-12-01". Versions that an owner types look different. */
export function termsLabel({ version, publishedAt }: Pick<PolicyVersion, 'version' | 'publishedAt'>): string {
  return `${version} of ${publishedAt.toISOString().slice(0, 10)}`
}

function versionIn(label: string | null): number | null {
  const [, version] = /^([1-9]\d{0,5}) of \d{4}-\d\d-\d\d$/.exec(label ?? '') ?? []
  return version === undefined ? null : Number(version)
}

/** Where the accepted text is shown. Null for terms that are not ours to show. @param label an order's `termsVersion` */
export function acceptedTermsPath(label: string | null): string | null {
  const version = versionIn(label)
  return version === null ? null : policyPath('terms', version)
}

/** What shoppers read of a version: "3". @param label an order's `termsVersion` */
export function shownVersion(label: string): string {
  return String(versionIn(label) ?? label)
}

/** The accepted version, with its text. Null for terms that the shop does not have. @param label an order's `termsVersion` */
export async function acceptedTerms(
  prisma: Pick<PrismaClient, 'policy' | 'policyVersion'>,
  label: string | null,
): Promise<PolicyVersion | null> {
  const version = versionIn(label)
  const found = version === null ? null : await findVersion(prisma, 'terms', version)
  return found !== null && termsLabel(found) === label ? found : null
}
