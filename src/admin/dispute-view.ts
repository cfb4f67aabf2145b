// The models of a dispute's pages.
import { shownEmail } from '../accounts/email-address.js'
import { nameWithVariant } from '../catalog/variants.js'
import { isCompellingOffered } from '../disputes/compelling-evidence.js'
import { megabytes, measure, answerProblems, type Texts } from '../disputes/check-evidence.js'
import type { DisputeCase } from '../disputes/dispute-case.js'
import {
  COMPELLING_GROUP,
  fileFieldsOf,
  GROUPS,
  textFieldsOf,
  type Stage,
} from '../disputes/evidence-fields.js'
import { GENERATED, type GeneratedName } from '../disputes/generated-files.js'
import { reasonOf } from '../disputes/reasons.js'
import type { Notice } from '../http/view-models.js'
import { formatMoney } from '../money.js'
import { deliveryOf } from '../orders/delivery-view.js'
import { orderNumber } from '../orders/order-key.js'
import { withAmounts } from '../orders/stored-amounts.js'
import { timelineOf } from '../orders/timeline.js'
import { disputeHref, type StripeDashboard } from '../payments/stripe-dashboard.js'
import { compellingNote } from './compelling-note.js'
import type {
  AnswerForm,
  DisputedOrder,
  DisputePage,
  DisputePreviewPage,
  FileInput,
  SentAnswer,
  StoredFile,
  TextInput,
} from './dispute-models.js'
import { daysUntil } from './days-until.js'
import { words } from './words.js'
import { appealBadge, disputeBadge } from './state-badges.js'
import { formatDateTime, type ShownTime } from './times.js'

/** What is shown of a form that was sent and refused. */
export interface TypedAnswer {
  texts: Texts
  attach: readonly string[]
  errors: Readonly<Record<string, string>>
  isStale: boolean
}

export interface Shown {
  found: DisputeCase
  prefill: Texts
  /** The files that the shop can make. */
  available: readonly GeneratedName[]
  savedBy: string | null
  timeZone: string
  dashboard: StripeDashboard
  notice: Notice | null
  typed: TypedAnswer | null
}

export function headOf({ id, dispute, appeal }: DisputeCase) {
  const amount = formatMoney(dispute.amount, dispute.currency)
  const isInquiry = dispute.status.startsWith('warning')
  return {
    id,
    amount,
    isInquiry,
    title: `${isInquiry ? 'Inquiry' : 'Dispute'} about ${amount}`,
    state: appeal === null ? disputeBadge(dispute.status, dispute.stripeStatus) : appealBadge(appeal),
  }
}

export function disputePage(shown: Shown): DisputePage {
  const { found, timeZone, dashboard, notice } = shown
  const { id, dispute, network, reasonCode, stage, draft, order } = found
  const at = (time: Date) => formatDateTime(time, timeZone)
  const isAnswerable = stage !== null && draft?.sendKey == null
  return {
    ...headOf(found),
    notice,
    isAppeal: stage === 'appeal',
    ...reasonOf(dispute.reason),
    code: network === null ? null : [words(network), reasonCode].filter(Boolean).join(', code '),
    openedAt: at(dispute.createdAt),
    dueBy: stage !== null && dispute.evidenceDueBy ? at(dispute.evidenceDueBy) : null,
    daysLeft: stage !== null && dispute.evidenceDueBy ? daysUntil(dispute.evidenceDueBy) : null,
    outcome: outcomeOf(found),
    dashboardHref: disputeHref(dashboard, id),
    dashboardName: dashboard.isSandbox ? 'sandbox' : 'Stripe',
    order: order && orderOf(order, at),
    form: isAnswerable ? formOf(shown, stage, at) : null,
    sent: sentOf(found, at),
    canAccept: isAnswerable && stage !== 'appeal',
  }
}

export function previewPage(found: DisputeCase, timeZone: string): DisputePreviewPage {
  const { dispute, draft, files, network, stage } = found
  const texts = (draft?.texts ?? {}) as Texts
  return {
    ...headOf(found),
    revision: draft?.revision ?? 0,
    isAppeal: stage === 'appeal',
    ...contentOf(found),
    size: sizeOf(texts, files),
    problems: answerProblems(stage ?? 'dispute', texts, files, network),
    dueBy: dispute.evidenceDueBy && formatDateTime(dispute.evidenceDueBy, timeZone),
  }
}

function outcomeOf({ dispute, stage, appeal, draft }: DisputeCase): string {
  const amount = formatMoney(dispute.amount, dispute.currency)
  if (draft?.sendKey != null && draft.submittedAt === null && stage !== null)
    return 'Your answer is on its way to Stripe.'
  if (appeal === 'needs_response')
    return `The bank decided for the customer, and ${amount} went back to them. You can appeal once.`
  if (appeal === 'under_review')
    return 'Your appeal is with the card network. Its decision takes weeks, and is final.'
  switch (dispute.status) {
    case 'warning_needs_response':
      return 'The bank asks about this payment. No money has been taken. An answer can prevent a dispute, and so can a full refund.'
    case 'warning_under_review':
      return 'The bank has your answer. No money has been taken. An inquiry that becomes no dispute closes after 120 days.'
    case 'warning_closed':
      return 'The inquiry is closed. No money was taken.'
    case 'needs_response':
      return `The bank holds ${amount} until it has decided. Without an answer you lose.`
    case 'under_review':
      return `The bank has your answer. It decides within 60 to 75 days, and holds ${amount} until then.`
    case 'prevented':
      return 'This dispute was resolved before it began. No money was taken.'
    case 'won':
      return `You won: ${amount} came back to you.`
    case 'lost':
      return `You lost: ${amount} went back to the customer.`
  }
}

function orderOf(stored: NonNullable<DisputeCase['order']>, at: (time: Date) => ShownTime): DisputedOrder {
  const order = withAmounts(stored)
  return {
    href: `/admin/orders/${order.key}`,
    number: orderNumber(order.key),
    customer: stored.user?.name ?? '',
    email: shownEmail(order.email),
    total: formatMoney(order.amountPaid ?? order.total, order.currency),
    items: stored.items.map(
      ({ quantity, name, variantName }) => `${quantity} × ${nameWithVariant(name, variantName)}`,
    ),
    delivery: deliveryOf(order)?.to ?? [],
    timeline: timelineOf(order).map((entry) => ({ text: entry.text, at: at(new Date(entry.at.iso)) })),
  }
}

function formOf(shown: Shown, stage: Stage, at: (time: Date) => ShownTime): AnswerForm {
  const { found, prefill, savedBy, typed } = shown
  const { draft, files } = found
  const saved = draft === null ? prefill : (draft.texts as Texts)
  const texts = typed?.texts ?? saved
  return {
    revision: draft?.revision ?? 0,
    savedAt: draft && at(draft.savedAt),
    savedBy,
    refusal: draft?.refusal ?? null,
    isStale: typed?.isStale ?? false,
    hasErrors: Object.keys(typed?.errors ?? {}).length > 0,
    groups: groupsOf(stage, found).map((group) => {
      const inputs = group.texts.map((name) => textInput(stage, name, texts, saved, typed))
      const fileInputs = group.files.map((name) => fileInput(shown, stage, name))
      return {
        title: group.title,
        note: group.note ?? null,
        isOpen:
          inputs.some(({ value, error }) => value !== '' || error !== null) ||
          fileInputs.some(
            ({ stored, generated, error }) => stored !== null || generated !== null || error !== null,
          ),
        texts: inputs,
        files: fileInputs,
      }
    }),
    size: sizeOf(texts, files),
  }
}

interface Group {
  title: string
  texts: readonly string[]
  files: readonly string[]
  note?: string
}

function groupsOf(stage: Stage, found: DisputeCase): Group[] {
  if (stage === 'dispute' && isCompellingOffered(found))
    return [{ ...COMPELLING_GROUP, note: compellingNote(found) }, ...GROUPS]
  if (stage !== 'appeal') return [...GROUPS]
  return [
    { title: 'Appeal', texts: Object.keys(textFieldsOf(stage)), files: Object.keys(fileFieldsOf(stage)) },
  ]
}

function textInput(
  stage: Stage,
  name: string,
  texts: Texts,
  saved: Texts,
  typed: TypedAnswer | null,
): TextInput {
  const field = textFieldsOf(stage)[name]
  const theirs = saved[name] ?? ''
  return {
    name,
    label: field?.label ?? name,
    hint: field?.hint ?? null,
    rows: field?.rows ?? 1,
    value: texts[name] ?? '',
    error: typed?.errors[name] ?? null,
    theirs: typed?.isStale && theirs !== (texts[name] ?? '') ? theirs || 'nothing' : null,
  }
}

function fileInput({ found, available, typed }: Shown, stage: Stage, name: string): FileInput {
  const { id, files, draft } = found
  const stored = files.find(({ field }) => field === name)
  const made = available.find((one) => one === name)
  return {
    name,
    label: fileFieldsOf(stage)[name] ?? name,
    stored: stored && !stored.generated ? fileOf(id, stored) : null,
    generated:
      made === undefined || (stored && !stored.generated)
        ? null
        : {
            label: GENERATED[made].label,
            isAttached: typed ? typed.attach.includes(name) : draft === null || stored?.generated === true,
          },
    error: typed?.errors[name] ?? null,
  }
}

function fileOf(id: string, file: DisputeCase['files'][number]): StoredFile {
  const { field, name, type, pages, size, generated } = file
  const kind = type === 'application/pdf' ? `PDF, ${pages} ${pages === 1 ? 'page' : 'pages'}` : 'Picture'
  return {
    name,
    href: `/admin/disputes/${id}/files/${field}`,
    about: `${kind}, ${megabytes(size)}`,
    isGenerated: generated,
  }
}

function contentOf({ id, draft, files, shown }: DisputeCase) {
  const stage = shown ?? 'dispute'
  const texts = (draft?.texts ?? {}) as Texts
  return {
    texts: Object.entries(textFieldsOf(stage)).flatMap(([name, { label }]) =>
      texts[name] === undefined ? [] : [{ label, text: texts[name] }],
    ),
    files: files.map((file) => ({
      label: fileFieldsOf(stage)[file.field] ?? file.field,
      ...fileOf(id, file),
    })),
  }
}

function sentOf(found: DisputeCase, at: (time: Date) => ShownTime): SentAnswer | null {
  const { draft } = found
  if (draft?.sendKey == null || draft.sentAt === null) return null
  return {
    at: at(draft.submittedAt ?? draft.sentAt),
    isConfirmed: draft.submittedAt !== null || found.stage === null,
    revision: draft.revision,
    ...contentOf(found),
  }
}

function sizeOf(texts: Texts, files: DisputeCase['files']): string {
  const { characters, bytes, pages } = measure(texts, files)
  const of = (value: number) => value.toLocaleString('en-US')
  return `${of(characters)} of 150,000 characters, ${bytes === 0 ? 'no files' : `${megabytes(bytes)} of 4.5 MB`}, about ${pages} ${pages === 1 ? 'page' : 'pages'}`
}
