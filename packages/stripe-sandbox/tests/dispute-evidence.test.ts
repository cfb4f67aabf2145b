// Files, evidence of disputes with its limits, and appeals.
import { deflateSync } from 'node:zlib'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSession, createWorld, errorOf, idOf, payByApi, postForm, type World } from './support/world.js'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const PNG = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

function pdf(pages: number): Buffer {
  return Buffer.from(`%PDF-1.4\n${'<< /Type /Page /Parent 2 0 R >>\n'.repeat(pages)}<< /Type /Pages >>`)
}

/** As newer programs write it: the pages are in a compressed stream. */
function packedPdf(pages: number): Buffer {
  const head = Buffer.from('%PDF-1.7\n7 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\n')
  return Buffer.concat([
    head,
    deflateSync(Buffer.from('<< /Type /Page >> '.repeat(pages))),
    Buffer.from('\nendstream'),
  ])
}

function upload(data: Buffer, name = 'receipt.pdf') {
  return world.stripe.files.create({ purpose: 'dispute_evidence', file: { data, name } })
}

async function disputed(card = 'createDispute'): Promise<string> {
  const session = await createSession(world.stripe)
  await payByApi(world.stripe, session, `pm_card_${card}`)
  const [dispute] = (await world.stripe.disputes.list({ limit: 1 })).data
  if (!dispute) throw new Error('the payment was not disputed')
  return dispute.id
}

describe('files', () => {
  test('an upload can be retrieved, listed, and downloaded as it was', async () => {
    const bytes = Buffer.concat([pdf(1), Buffer.from([0, 255, 13, 10, 128])])
    const file = await upload(bytes, 'my “receipt”.pdf')
    expect(file).toMatchObject({
      object: 'file',
      purpose: 'dispute_evidence',
      type: 'pdf',
      size: bytes.length,
      filename: 'my “receipt”.pdf',
    })
    expect(await world.stripe.files.retrieve(file.id)).toEqual(file)
    expect((await world.stripe.files.list({ purpose: 'dispute_evidence' })).data[0]).toEqual(file)
    expect((await world.stripe.files.list({ purpose: 'business_logo' })).data).toEqual([])
    const contents = await fetch(file.url ?? '', {
      headers: { Authorization: `Bearer ${world.sandbox.secretKey}` },
    })
    expect(contents.headers.get('content-type')).toBe('application/pdf')
    expect(Buffer.from(await contents.arrayBuffer())).toEqual(bytes)
    expect((await errorOf(world.stripe.files.retrieve('file_none'))).statusCode).toBe(404)
  })

  test('one key is one file, whatever the boundary of the request', async () => {
    const file = { purpose: 'dispute_evidence' as const, file: { data: PNG, name: 'a.png' } }
    const options = { idempotencyKey: 'upload-1' }
    const first = await world.stripe.files.create(file, options)
    expect((await world.stripe.files.create(file, options)).id).toBe(first.id)
    const other = { ...file, file: { data: pdf(2), name: 'a.png' } }
    expect(await errorOf(world.stripe.files.create(other, options))).toMatchObject({
      type: 'StripeIdempotencyError',
    })
  })

  test('evidence is a PDF, JPEG or PNG by its content, and of 5 MB at most', async () => {
    expect(await errorOf(upload(Buffer.from('<svg onload="x()">'), 'a.png'))).toMatchObject({ param: 'file' })
    expect((await errorOf(upload(Buffer.from('GIF89a'), 'a.gif'))).message).toContain('PDF, JPEG or PNG')
    const large = Buffer.concat([pdf(1), Buffer.alloc(5 * 1024 * 1024)])
    expect((await errorOf(upload(large))).message).toContain('exceeds size cap of 5242880')
    expect(await errorOf(upload(Buffer.alloc(0)))).toMatchObject({ statusCode: 400 })
    const huge = Buffer.alloc(17 * 1024 * 1024)
    expect(await errorOf(upload(huge))).toMatchObject({ statusCode: 413 })
  })
})

describe('evidence', () => {
  test('names files, which can be expanded', async () => {
    const [id, file] = [await disputed(), await upload(pdf(1))]
    await world.stripe.disputes.update(id, { evidence: { receipt: file.id }, submit: false })
    const { evidence } = await world.stripe.disputes.retrieve(id, { expand: ['evidence.receipt'] })
    expect(evidence.receipt).toMatchObject({ id: file.id, type: 'pdf' })
    expect(
      await errorOf(world.stripe.disputes.update(id, { evidence: { receipt: 'file_none' } })),
    ).toMatchObject({ code: 'resource_missing', param: 'evidence[receipt]' })
    const page = await (await fetch(`${world.sandbox.url}/disputes/${id}`)).text()
    expect(page.replaceAll('<wbr>', '')).toContain('receipt.pdf')
  })

  test('of a refused answer nothing is kept', async () => {
    const id = await disputed()
    const long = 'x'.repeat(20_001)
    expect(
      await errorOf(world.stripe.disputes.update(id, { evidence: { product_description: long } })),
    ).toMatchObject({ param: 'evidence[product_description]' })
    const full = 'x'.repeat(20_000)
    const texts: Stripe.DisputeUpdateParams.Evidence = {
      access_activity_log: full,
      cancellation_policy_disclosure: full,
      cancellation_rebuttal: full,
      duplicate_charge_explanation: full,
      product_description: full,
      refund_policy_disclosure: full,
      refund_refusal_explanation: full,
    }
    expect(
      (await errorOf(world.stripe.disputes.update(id, { evidence: { ...texts, uncategorized_text: full } })))
        .message,
    ).toContain('at most 150000')
    const [first, second] = [
      await upload(Buffer.concat([pdf(1), Buffer.alloc(3 * 1024 * 1024)])),
      await upload(Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)])),
    ]
    expect(
      (
        await errorOf(
          world.stripe.disputes.update(id, {
            evidence: { receipt: first.id, shipping_documentation: second.id },
          }),
        )
      ).message,
    ).toContain('4.5 MB')
    expect(await world.stripe.disputes.retrieve(id)).toMatchObject({
      status: 'needs_response',
      evidence: { receipt: null, product_description: null },
      evidence_details: { submission_count: 0, has_evidence: false },
    })
    await world.stripe.disputes.update(id, { evidence: texts })
  })

  test.each([
    ['plain', pdf],
    ['compressed', packedPdf],
  ])('Mastercard accepts 19 pages, also of a %s PDF', async (_, pdfOf) => {
    const session = await createSession(world.stripe)
    await payByApi(world.stripe, session, 'pm_card_mastercard')
    const [charge] = (await world.stripe.charges.list({ limit: 1 })).data
    world.sandbox.advanceClock(3)
    await postForm(`${world.sandbox.url}/payments/${idOf(charge?.payment_intent ?? null)}/dispute`, {
      reason: 'fraudulent',
    })
    const [dispute] = (await world.stripe.disputes.list({ limit: 1 })).data
    expect(dispute?.payment_method_details?.card?.network).toBe('mastercard')
    const [enough, tooMany] = [await upload(pdfOf(18)), await upload(pdfOf(19))]
    const evidence = { uncategorized_text: 'We sent it' }
    expect(
      await errorOf(
        world.stripe.disputes.update(dispute?.id ?? '', { evidence: { ...evidence, receipt: tooMany.id } }),
      ),
    ).toMatchObject({ code: 'dispute_evidence_page_limit_exceeded' })
    expect(
      await world.stripe.disputes.update(dispute?.id ?? '', {
        evidence: { ...evidence, receipt: enough.id },
      }),
    ).toMatchObject({ status: 'under_review' })
  })
})

describe('an appeal', () => {
  async function lost(): Promise<string> {
    const id = await disputed()
    await world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'losing_evidence' } })
    return id
  }

  function appeal(id: string, reason: string, files: string[] = []) {
    return world.stripe.disputes.update(id, {
      evidence: { appeal: { card: { reason_for_filing: reason, supporting_files: files } } },
    })
  }

  test('can be offered after a loss, takes only its own evidence, and can be won', async () => {
    const id = await lost()
    expect((await errorOf(appeal(id, 'We sent it'))).statusCode).toBe(400)
    await postForm(`${world.sandbox.url}/disputes/${id}/appeal`, {})
    const open = await world.stripe.disputes.retrieve(id)
    expect(open.status).toBe('appeal_needs_response')
    expect(open.evidence_details).toMatchObject({ past_due: false })
    expect(
      await errorOf(world.stripe.disputes.update(id, { evidence: { uncategorized_text: 'more' } })),
    ).toMatchObject({ param: 'evidence[uncategorized_text]' })
    const file = await upload(pdf(1))
    expect(await appeal(id, 'The tracking shows the delivery', [file.id])).toMatchObject({
      status: 'appeal_under_review',
      evidence: { appeal: { card: { supporting_files: [file.id] } } },
    })
    expect((await errorOf(appeal(id, 'And more'))).statusCode).toBe(400)
    await postForm(`${world.sandbox.url}/disputes/${id}/decide`, { choice: 'win' })
    expect(await world.stripe.disputes.retrieve(id)).toMatchObject({
      status: 'won',
      balance_transactions: [{ net: -3500 }, { net: 3500 }],
    })
  })

  test('is lost by evidence or by its deadline, and is not offered twice', async () => {
    const [first, second] = [await lost(), await lost()]
    for (const id of [first, second]) await postForm(`${world.sandbox.url}/disputes/${id}/appeal`, {})
    expect(await appeal(first, 'losing_evidence')).toMatchObject({ status: 'lost' })
    world.sandbox.advanceClock(8 * 24 * 3600)
    await world.sandbox.idle()
    expect(await world.stripe.disputes.retrieve(second)).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true },
    })
    await postForm(`${world.sandbox.url}/disputes/${second}/appeal`, {})
    expect((await world.stripe.disputes.retrieve(second)).status).toBe('lost')
  })
})

describe('Visa Compelling Evidence 3.0', () => {
  const eligibility = ({ evidence_details: { enhanced_eligibility: offered } }: Stripe.Dispute) =>
    offered.visa_compelling_evidence_3

  async function charged(): Promise<string> {
    const session = await createSession(world.stripe)
    await payByApi(world.stripe, session, 'pm_card_visa')
    const [charge] = (await world.stripe.charges.list({ limit: 1 })).data
    if (!charge) throw new Error('nothing was charged')
    return charge.id
  }

  const give = (
    id: string,
    evidence: Stripe.DisputeUpdateParams.Evidence.EnhancedEvidence.VisaCompellingEvidence3,
  ) =>
    world.stripe.disputes.update(id, {
      evidence: { enhanced_evidence: { visa_compelling_evidence_3: evidence } },
      submit: false,
    })

  test('says what is missing until two earlier payments show the same customer', async () => {
    const [one, other] = [await charged(), await charged()]
    const id = await disputed('createCe3EligibleDispute')
    const dispute = await world.stripe.disputes.retrieve(id)
    expect(dispute.enhanced_eligibility_types).toEqual(['visa_compelling_evidence_3'])
    expect(eligibility(dispute)).toEqual({
      status: 'requires_action',
      required_actions: [
        'missing_prior_undisputed_transactions',
        'missing_disputed_transaction_description',
        'missing_prior_undisputed_transaction_description',
        'missing_merchandise_or_services',
        'missing_customer_identifiers',
      ],
    })
    const about = { product_description: 'A mug', customer_email_address: 'ada@example.com' }
    const disputedOne = { ...about, merchandise_or_services: 'merchandise' as const }
    const priors = [one, other].map((charge) => ({ charge, ...about }))
    // An email address alone proves nothing.
    expect(
      eligibility(
        await give(id, { disputed_transaction: disputedOne, prior_undisputed_transactions: priors }),
      ),
    ).toEqual({ status: 'requires_action', required_actions: ['missing_customer_identifiers'] })
    const ip = { customer_purchase_ip: '203.0.113.7' }
    const whole = await give(id, {
      disputed_transaction: { ...disputedOne, ...ip },
      prior_undisputed_transactions: priors.map((prior) => ({ ...prior, ...ip })),
    })
    expect(eligibility(whole)).toEqual({ status: 'qualified', required_actions: [] })
    expect(whole.status).toBe('needs_response')
  })

  test('is refused for other disputes, and of payments that prove nothing', async () => {
    const charge = await charged()
    const plain = await disputed()
    expect((await errorOf(give(plain, { prior_undisputed_transactions: [{ charge }] }))).message).toContain(
      'not eligible',
    )
    const id = await disputed('createCe3EligibleDispute')
    const own = await world.stripe.disputes.retrieve(id)
    for (const wrong of [idOf(own.charge), 'ch_none'])
      expect(await errorOf(give(id, { prior_undisputed_transactions: [{ charge: wrong }] }))).toMatchObject({
        statusCode: 400,
      })
  })
})
