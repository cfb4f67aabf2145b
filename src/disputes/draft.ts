// Saves the draft of an answer: its texts, and its files. Nothing is sent to Stripe.
import { recordAudit } from '../audit/record-audit.js'
import { currentActor } from '../audit/actor.js'
import type { Database, Transaction } from '../database/client.js'
import { Problem } from '../http/problem.js'
import { checkFile, readTexts, textErrors, type Texts } from './check-evidence.js'
import { compellingErrors } from './compelling-evidence.js'
import { loadCase, type DisputeCase } from './dispute-case.js'
import { fileFieldsOf, type Stage } from './evidence-fields.js'
import { fileNameOf, GENERATED, GENERATED_NAMES, type FileMaker } from './generated-files.js'

export interface GivenFile {
  field: string
  name: string
  /** Null: it has more bytes than were read. */
  content: Buffer | null
}

export interface GivenDraft {
  texts: Texts
  files: readonly GivenFile[]
  /** Fields whose files are removed. */
  remove: readonly string[]
  /** Files that the shop makes and attaches. Null: as they are. */
  attach: readonly string[] | null
  /** The draft that was changed. 0: none was saved before. */
  revision: number
}

export class InvalidDraft extends Error {
  override name = 'InvalidDraft'

  /** @param errors what is wrong, by field. What was right is saved */
  constructor(readonly errors: Readonly<Record<string, string>>) {
    super(Object.values(errors).join(' '))
  }
}

/** Another operator saved in the meantime. Nothing was changed. */
export class StaleDraft extends Error {
  override name = 'StaleDraft'
}

/**
 * Saves a draft. Files that are right are kept even if texts are not, because a browser can't send them again by itself.
 * @throws InvalidDraft, StaleDraft, or Problem when nothing can be answered
 */
export async function saveDraft(
  database: Database,
  maker: Omit<FileMaker, 'prisma'>,
  id: string,
  given: GivenDraft,
): Promise<void> {
  const { prisma } = database
  const found = await loadCase(prisma, id)
  const stage = answerableStage(found)
  const texts = readTexts(stage, given.texts)
  const errors = {
    ...textErrors(stage, texts),
    ...compellingErrors(found, texts),
    ...fileErrors(stage, given.files),
  }
  const made = await makeFiles(found, { ...maker, prisma }, given.attach)
  const uploads = given.files.filter(({ field }) => errors[field] === undefined).map(checked)
  const isRight = Object.keys(errors).length === 0
  await prisma.$transaction(async (tx) => {
    const right = Object.fromEntries(Object.entries(texts).filter(([field]) => errors[field] === undefined))
    await lockDraft(tx, found, stage, { revision: given.revision, texts: right })
    await writeFiles(tx, id, stage, { uploads, made, remove: removedFields(given, stage) })
    if (isRight)
      await tx.disputeDraft.update({
        where: { disputeId_stage: { disputeId: id, stage } },
        data: { texts: { ...texts } },
      })
    await recordAudit(tx, {
      action: 'dispute.drafted',
      subject: 'dispute',
      subjectId: id,
      fields: [...(isRight ? Object.keys(texts) : []), ...uploads.map(({ field }) => field)],
    })
  })
  if (!isRight) throw new InvalidDraft(errors)
}

/** @throws Problem */
export function answerableStage({ stage, draft }: Pick<DisputeCase, 'stage' | 'draft'>): Stage {
  if (stage === null)
    throw new Problem(
      409,
      'not_answerable',
      'Nothing to answer',
      'This dispute doesn’t wait for an answer any more.',
    )
  if (draft?.sendKey != null)
    throw new Problem(
      409,
      'answer_sent',
      'Already sent',
      'This answer was sent to Stripe and can’t be changed any more.',
    )
  return stage
}

/** Also begins the draft, with what is right of its texts. @throws StaleDraft, Problem */
async function lockDraft(
  tx: Transaction,
  { id, earlier }: DisputeCase,
  stage: Stage,
  { revision, texts }: { revision: number; texts: Texts },
): Promise<void> {
  await tx.$executeRaw`SELECT 1 FROM "Dispute" WHERE id = ${id} FOR UPDATE`
  const where = { disputeId_stage: { disputeId: id, stage } }
  const draft = await tx.disputeDraft.findUnique({ where })
  const saved = { savedAt: new Date(), savedById: currentActor()?.userId ?? null }
  if ((draft?.revision ?? 0) !== revision) throw new StaleDraft()
  if (draft === null) {
    await tx.disputeDraft.create({ data: { disputeId: id, stage, texts: { ...texts }, ...saved } })
    // Files of the inquiry are as good as before. They are uploaded again, as those of another answer.
    if (earlier !== null)
      await tx.$executeRaw`
        INSERT INTO "DisputeFile" (id, "disputeId", stage, field, name, type, bytes, size, pages, generated)
        SELECT gen_random_uuid(), "disputeId", ${stage}, field, name, type, bytes, size, pages, generated FROM "DisputeFile"
        WHERE "disputeId" = ${id} AND stage = 'inquiry'`
    return
  }
  answerableStage({ stage, draft })
  await tx.disputeDraft.update({ where, data: { revision: { increment: 1 }, ...saved } })
}

function fileErrors(stage: Stage, files: readonly GivenFile[]): Record<string, string> {
  return Object.fromEntries(
    files.flatMap(({ field, content }) => {
      if (!Object.hasOwn(fileFieldsOf(stage), field)) return []
      const result = checkFile(content)
      return typeof result === 'string' ? [[field, result]] : []
    }),
  )
}

interface NewFile {
  field: string
  name: string
  type: string
  pages: number
  content: Buffer
  generated: boolean
}

/** @param file that `fileErrors` has found nothing wrong with */
function checked({ field, name, content }: GivenFile): NewFile {
  const result = checkFile(content)
  if (typeof result === 'string' || content === null) throw new Error(`${field}: unchecked`)
  return { field, name: shortName(name), ...result, content, generated: false }
}

const LONGEST_NAME = 100

function shortName(name: string): string {
  return (
    name
      .replaceAll(/[\p{Cc}"\\/]/gu, '')
      .toWellFormed()
      .slice(-LONGEST_NAME) || 'file'
  )
}

async function makeFiles(
  found: DisputeCase,
  maker: FileMaker,
  attach: readonly string[] | null,
): Promise<NewFile[]> {
  const { order, stage } = found
  if (order === null || attach === null || stage === 'appeal') return []
  const files: NewFile[] = []
  for (const field of GENERATED_NAMES) {
    if (!attach.includes(field)) continue
    const content = await GENERATED[field].make(order, maker)
    const result = content && checkFile(content)
    if (content !== null && result !== null && typeof result !== 'string')
      files.push({ field, name: fileNameOf(field, order), ...result, content, generated: true })
  }
  return files
}

/** Also those that the shop made and that are not attached any more. */
function removedFields(
  { remove, attach }: GivenDraft,
  stage: Stage,
): { field: string; onlyGenerated: boolean }[] {
  const unattached = attach === null ? [] : GENERATED_NAMES.filter((name) => !attach.includes(name))
  return [
    ...remove
      .filter((field) => Object.hasOwn(fileFieldsOf(stage), field))
      .map((field) => ({ field, onlyGenerated: false })),
    ...unattached.map((field) => ({ field, onlyGenerated: true })),
  ]
}

async function writeFiles(
  tx: Transaction,
  disputeId: string,
  stage: Stage,
  given: { uploads: NewFile[]; made: NewFile[]; remove: { field: string; onlyGenerated: boolean }[] },
): Promise<void> {
  for (const { field, onlyGenerated } of given.remove)
    await tx.disputeFile.deleteMany({
      where: { disputeId, stage, field, ...(onlyGenerated && { generated: true }) },
    })
  // An operator's file stands before one that the shop would make.
  const own = await tx.disputeFile.findMany({
    where: { disputeId, stage, generated: false },
    select: { field: true },
  })
  const taken = [...own, ...given.uploads].map(({ field }) => field)
  for (const file of [...given.uploads, ...given.made.filter(({ field }) => !taken.includes(field))]) {
    const { field, content, ...others } = file
    await tx.disputeFile.deleteMany({ where: { disputeId, stage, field } })
    await tx.disputeFile.create({
      data: { disputeId, stage, field, ...others, size: content.length, bytes: new Uint8Array(content) },
    })
  }
}
