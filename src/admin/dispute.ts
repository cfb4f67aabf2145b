// One dispute: what the bank says, the answer to it, and accepting it.
import { Router, type Request, type Response } from 'express'
import { acceptDispute } from '../disputes/accept-dispute.js'
import { loadCase } from '../disputes/dispute-case.js'
import { InvalidDraft, saveDraft, StaleDraft } from '../disputes/draft.js'
import { LARGEST_FILE } from '../disputes/evidence-fields.js'
import { available } from '../disputes/generated-files.js'
import { prefilled } from '../disputes/prefill.js'
import { submitAnswer } from '../disputes/submit-answer.js'
import { notFound } from '../http/problem.js'
import { render } from '../http/render.js'
import { readUploads } from '../http/uploads.js'
import type { AdminDeps } from './admin-deps.js'
import { disputePage, headOf, previewPage, type TypedAnswer } from './dispute-view.js'
import { doneNotice } from './done.js'
import { fieldsOf, type Fields } from './forms.js'
import { requireRecentFactor } from './require-recent-factor.js'

const PATH = '/admin/disputes/:id'

const DONE = {
  saved: 'Draft saved. Nothing has been sent.',
  submitted: 'Submitted. The bank has your answer.',
  accepted: 'Accepted.',
}

/** Nine fields have a file. An answer with more bytes is refused with its fields shown, so reading goes somewhat further. */
const UPLOADS = { files: 12, bytesPerFile: LARGEST_FILE, bytes: 12 * 1024 * 1024, textBytes: 1024 * 1024 }

export function disputeAnswerPages(deps: AdminDeps): Router {
  const { database, settings, stripe } = deps
  const { prisma } = database
  const router = Router()
  const recentFactor = requireRecentFactor(deps)
  const testMode = !stripe.livemode

  router.get(PATH, async (request, response) => {
    await show(request, response, null)
  })

  async function show(request: Request, response: Response, typed: TypedAnswer | null): Promise<void> {
    const found = await loadCase(prisma, String(request.params['id']))
    const current = await settings()
    const [made, author] = await Promise.all([
      available(found.order, { prisma }),
      found.draft?.savedById == null
        ? null
        : prisma.user.findUnique({ where: { id: found.draft.savedById }, select: { name: true } }),
    ])
    render(
      response,
      'admin/dispute',
      disputePage({
        found,
        prefill: prefilled(found, current),
        available: made,
        savedBy: author?.name ?? null,
        timeZone: current.timeZone,
        dashboard: stripe.dashboard,
        notice: doneNotice(request.query, DONE),
        typed,
      }),
    )
  }

  router.post(PATH, readUploads(UPLOADS), async (request, response) => {
    const id = String(request.params['id'])
    const fields = fieldsOf(request.body)
    const attach = namesIn(fields, 'attach_')
    try {
      await saveDraft(database, { settings: await settings(), testMode }, id, {
        texts: fields,
        files: (request.uploads ?? []).map(({ field, name, content }) => ({
          field: field.replace(/^file_/, ''),
          name,
          content,
        })),
        remove: namesIn(fields, 'remove_'),
        attach,
        revision: /^\d{1,9}$/.test(fields['revision'] ?? '') ? Number(fields['revision']) : 0,
      })
    } catch (error) {
      const isStale = error instanceof StaleDraft
      if (!isStale && !(error instanceof InvalidDraft)) throw error
      response.status(isStale ? 409 : 422)
      await show(request, response, { texts: fields, attach, errors: isStale ? {} : error.errors, isStale })
      return
    }
    const next = fields['next'] === 'preview' ? '/preview' : '?done=saved'
    response.redirect(303, `/admin/disputes/${id}${next}`)
  })

  router.get(`${PATH}/preview`, async (request, response) => {
    const found = await loadCase(prisma, request.params.id)
    const { timeZone } = await settings()
    if (found.stage === null || found.draft === null || found.draft.sendKey !== null)
      response.redirect(303, `/admin/disputes/${found.id}`)
    else render(response, 'admin/dispute-preview', previewPage(found, timeZone))
  })

  router.post(`${PATH}/submit`, recentFactor, async (request, response) => {
    const id = String(request.params['id'])
    const { revision = '' } = fieldsOf(request.body)
    try {
      await submitAnswer(deps, id, Number(revision))
    } catch (error) {
      if (!(error instanceof StaleDraft)) throw error
      // Someone saved since the preview: it is shown again, as it is now.
      response.redirect(303, `/admin/disputes/${id}/preview`)
      return
    }
    response.redirect(303, `/admin/disputes/${id}?done=submitted`)
  })

  router.get(`${PATH}/accept`, recentFactor, async (request, response) => {
    const found = await loadCase(prisma, String(request.params['id']))
    if (found.stage === null || found.stage === 'appeal' || found.draft?.sendKey != null)
      response.redirect(303, `/admin/disputes/${found.id}`)
    else render(response, 'admin/dispute-accept', headOf(found))
  })

  router.post(`${PATH}/accept`, recentFactor, async (request, response) => {
    const id = String(request.params['id'])
    await acceptDispute(deps, id)
    response.redirect(303, `/admin/disputes/${id}?done=accepted`)
  })

  router.get(`${PATH}/files/:field`, async (request, response) => {
    const { id, field } = request.params
    const { shown } = await loadCase(prisma, id)
    const file =
      shown === null
        ? null
        : await prisma.disputeFile.findFirst({ where: { disputeId: id, stage: shown, field } })
    if (file === null) throw notFound()
    // As a download: a file that someone uploaded is never a page of the shop.
    response.attachment(file.name).type(file.type).set('Cache-Control', 'no-store')
    response.send(Buffer.from(file.bytes))
  })

  return router
}

/** The rest of the names of fields with this beginning: checkboxes that are checked. */
function namesIn(fields: Fields, prefix: string): string[] {
  return Object.keys(fields).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []))
}
