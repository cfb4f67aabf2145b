// The pages in the owner's own words: written, previewed, published and withdrawn. For owners.
import { Router, type Request, type Response } from 'express'
import type { Policy } from '../generated/prisma/client.js'
import { refuseNullBytes } from '../http/null-bytes.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { t } from '../messages/index.js'
import {
  discardDraft,
  PolicyChangedError,
  publishPolicy,
  saveDraft,
  textProblem,
  withdrawPolicy,
} from '../policies/change-policy.js'
import { currentVersion, isPolicy, listVersions, POLICIES, policyPath } from '../policies/policies.js'
import type { PolicySlug } from '../policies/policies.js'
import { renderMarkdown } from '../policies/render-markdown.js'
import { readSettings } from '../settings/read-settings.js'
import { OWN_TERMS, type Settings } from '../settings/settings.js'
import type { AdminDeps } from './admin-deps.js'
import { doneNotice } from './done.js'
import { fieldsOf, type Fields } from './forms.js'
import type { PolicyEditPage } from './policies-models.js'
import { ownersOnly } from './owners-only.js'
import { readPolicyForm } from './policy-form.js'
import { formatDateTime } from './times.js'

const PATH = '/admin/policies'

const DONE = {
  published: 'Published. Visitors see it within a second.',
  withdrawn: 'Withdrawn. Visitors no longer see it.',
  discarded: 'The draft is discarded.',
}

interface Entry {
  slug: PolicySlug
  policy: Policy
}

export function policiesPages(deps: AdminDeps): Router {
  const { database } = deps
  const { prisma } = database
  const router = Router()
  const readForm = [readPolicyForm, refuseNullBytes]
  router.use(PATH, ownersOnly)
  const done = (response: Response, what: keyof typeof DONE) => response.redirect(303, `${PATH}?done=${what}`)

  router.get(PATH, async (request, response) => {
    // What was just changed is shown.
    const settings = await readSettings(prisma)
    const rows = await prisma.policy.findMany()
    const policies = await Promise.all(
      POLICIES.map(async (slug) => {
        const published = await currentVersion(prisma, slug)
        const draftedAt = rows.find((row) => row.slug === slug)?.draftedAt ?? null
        return {
          slug,
          title: t().policies.titles[slug],
          published: published && {
            version: published.version,
            at: formatDateTime(published.publishedAt, settings.timeZone),
            href: policyPath(slug),
          },
          draftedAt: draftedAt && formatDateTime(draftedAt, settings.timeZone),
        }
      }),
    )
    render(response, 'admin/policies', {
      notice: doneNotice(request.query, DONE),
      policies,
      otherTerms: otherTerms(settings),
    })
  })

  router.get(`${PATH}/:slug`, async (request, response) => {
    const entry = await entryOf(request)
    const { draft } = entry.policy
    const markdown = draft ?? (await currentVersion(prisma, entry.slug))?.markdown ?? ''
    await edit(request, response, entry, { form: { values: { markdown }, errors: {} }, theirs: null })
  })

  router.post(`${PATH}/:slug`, ...readForm, async (request, response) => {
    const { slug } = await entryOf(request)
    const fields = fieldsOf(request.body)
    const { markdown = '' } = fields
    const problem = textProblem(markdown)
    const form = { values: { markdown }, errors: problem === null ? {} : { markdown: problem } }
    if (problem !== null) {
      response.status(422)
      // The revision that the form was opened with: saving it must not replace a newer one.
      await edit(request, response, await entryOf(request), { form, theirs: null }, revisionOf(fields))
      return
    }
    try {
      await saveDraft(prisma, slug, markdown, revisionOf(fields))
      response.redirect(303, `${PATH}/${slug}/preview`)
    } catch (error) {
      if (!(error instanceof PolicyChangedError)) throw error
      response.status(409)
      const now = await entryOf(request)
      const theirs = now.policy.draft ?? (await currentVersion(prisma, slug))?.markdown ?? ''
      await edit(request, response, now, { form, theirs })
    }
  })

  router.get(`${PATH}/:slug/preview`, async (request, response) => {
    await preview(response, await entryOf(request), false)
  })

  router.post(`${PATH}/:slug/publish`, ...readForm, async (request, response) => {
    const { slug } = await entryOf(request)
    await unlessChanged(request, response, async (revision) => {
      await publishPolicy(prisma, slug, revision)
      done(response, 'published')
    })
  })

  router.post(`${PATH}/:slug/discard`, ...readForm, async (request, response) => {
    const { slug } = await entryOf(request)
    await unlessChanged(request, response, async (revision) => {
      await discardDraft(prisma, slug, revision)
      done(response, 'discarded')
    })
  })

  router.get(`${PATH}/:slug/withdraw`, async (request, response) => {
    const { slug, policy } = await entryOf(request)
    if (policy.published === null) response.redirect(303, `${PATH}/${slug}`)
    else render(response, 'admin/policy-withdraw', { slug, title: t().policies.titles[slug] })
  })

  router.post(`${PATH}/:slug/withdraw`, async (request, response) => {
    await withdrawPolicy(prisma, (await entryOf(request)).slug)
    done(response, 'withdrawn')
  })

  /** Shows what the draft is now if it is not what the owner saw. */
  async function unlessChanged(
    request: Request,
    response: Response,
    work: (revision: number) => Promise<void>,
  ): Promise<void> {
    try {
      await work(revisionOf(fieldsOf(request.body)))
    } catch (error) {
      if (!(error instanceof PolicyChangedError)) throw error
      response.status(409)
      await preview(response, await entryOf(request), true)
    }
  }

  async function preview(response: Response, { slug, policy }: Entry, hasChanged: boolean): Promise<void> {
    if (policy.draft === null) {
      response.redirect(303, `${PATH}/${slug}`)
      return
    }
    const [last] = await listVersions(prisma, slug)
    render(response, 'admin/policy-preview', {
      slug,
      title: t().policies.titles[slug],
      html: renderMarkdown(policy.draft),
      revision: policy.revision,
      nextVersion: (last?.version ?? 0) + 1,
      hasChanged,
    })
  }

  async function edit(
    request: Request,
    response: Response,
    { slug, policy }: Entry,
    typed: Pick<PolicyEditPage, 'form' | 'theirs'>,
    revision = policy.revision,
  ): Promise<void> {
    const { timeZone } = await deps.settings()
    const versions = await listVersions(prisma, slug)
    const names = await namesOf(versions.map(({ publishedById }) => publishedById))
    render(response, 'admin/policy', {
      slug,
      title: t().policies.titles[slug],
      notice: doneNotice(request.query, DONE),
      ...typed,
      revision,
      hasDraft: policy.draft !== null,
      versions: versions.map(({ version, publishedAt, publishedById }) => ({
        version,
        at: formatDateTime(publishedAt, timeZone),
        by: publishedById === null ? 'Command' : (names.get(publishedById) ?? 'An account that is gone'),
        href: policyPath(slug, version),
        isPublished: version === policy.published,
      })),
    })
  }

  async function namesOf(ids: (number | null)[]): Promise<Map<number, string>> {
    const users = await prisma.user.findMany({
      where: { id: { in: ids.filter((id) => id !== null) } },
      select: { id: true, name: true },
    })
    return new Map(users.map(({ id, name }) => [id, name]))
  }

  /** A policy that nobody wrote yet is empty. @throws Problem 404 */
  async function entryOf({ params }: Request): Promise<Entry> {
    const { slug } = params
    if (!isPolicy(slug)) throw notFound()
    const none = { slug, draft: null, draftedAt: null, revision: 0, published: null }
    return { slug, policy: (await prisma.policy.findUnique({ where: { slug } })) ?? none }
  }
  return router
}

function otherTerms({ termsUrl }: Settings): string | null {
  return termsUrl === OWN_TERMS ? null : termsUrl
}

/** A form that has lost it counts as one of another time. */
function revisionOf({ revision = '' }: Fields): number {
  return /^\d{1,9}$/.test(revision) ? Number(revision) : -1
}
