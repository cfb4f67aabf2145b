// The pages in the owner's own words, as visitors read them.
import { Router, type Request, type Response } from 'express'
import type { PolicyVersion, PrismaClient } from '../generated/prisma/client.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { sharedValues } from '../http/shared-value.js'
import type { Notice } from '../http/view-models.js'
import { formatDate } from '../messages/format-date.js'
import { t } from '../messages/index.js'
import { currentVersion, findVersion, isPolicy, listVersions, policyPath, POLICIES } from './policies.js'
import type { PolicySlug } from './policies.js'
import { renderMarkdown } from './render-markdown.js'
import type { PolicyPage } from './view-models.js'

const PATH = /^\/pages\/[a-z]+(?:\/versions\/[1-9]\d{0,5})?$/

/** Whether all visitors without a cookie get the same page. */
export function isSharedPolicyPage(path: string, query: URLSearchParams): boolean {
  return PATH.test(path) && query.size === 0
}

export function policyPages(prisma: PrismaClient): Router {
  const router = Router()
  // Rendering is the same for everyone.
  const share = sharedValues<PolicyPage>(POLICIES.length)

  router.get('/pages/:slug', async (request, response) => {
    const slug = slugOf(request)
    const page = await share(slug, async () => {
      const version = await currentVersion(prisma, slug)
      if (version === null) throw notFound()
      return pageOf(slug, version, null)
    })
    render(response, 'policies/policy', page)
  })

  router.get('/pages/:slug/versions/:version', async (request, response) => {
    const slug = slugOf(request)
    const { version: number } = request.params
    if (!/^[1-9]\d{0,5}$/.test(number)) throw notFound()
    const [version, current] = await Promise.all([
      findVersion(prisma, slug, Number(number)),
      currentVersion(prisma, slug),
    ])
    if (version === null) throw notFound()
    const notice = current?.version === version.version ? null : noticeOf(slug, current)
    render(keptFromSearch(response), 'policies/policy', await pageOf(slug, version, notice))
  })

  async function pageOf(
    slug: PolicySlug,
    { version, markdown, publishedAt }: PolicyVersion,
    notice: Notice | null,
  ): Promise<PolicyPage> {
    const versions = await listVersions(prisma, slug)
    const { titles, published, earlierLink } = t().policies
    return {
      slug,
      title: titles[slug],
      html: renderMarkdown(markdown),
      published: published(version, formatDate(publishedAt)),
      notice,
      earlier: versions
        .filter((one) => one.version < version)
        .map((one) => ({
          href: policyPath(slug, one.version),
          label: earlierLink(one.version, formatDate(one.publishedAt)),
        })),
    }
  }
  return router
}

/** Search engines should find what is in force. */
function keptFromSearch(response: Response): Response {
  return response.set('X-Robots-Tag', 'noindex')
}

function noticeOf(slug: PolicySlug, current: PolicyVersion | null): Notice {
  const { withdrawn, replaced, current: label } = t().policies
  return current === null
    ? { kind: 'info', text: withdrawn }
    : { kind: 'info', text: replaced, link: { href: policyPath(slug), label } }
}

/** @throws Problem 404 */
function slugOf({ params }: Request): PolicySlug {
  const { slug } = params
  if (!isPolicy(slug)) throw notFound()
  return slug
}
