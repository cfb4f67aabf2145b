// npm run pictures: uploads, describes, orders and removes the pictures of a product.
import { readFile } from 'node:fs/promises'
import { changePictures } from '../catalog/change-pictures.js'
import { findWholeProduct } from '../catalog/manage-products.js'
import { LONGEST_ALT, picturesOf, type GivenPicture } from '../catalog/product-pictures.js'
import { readEdited } from '../catalog/read-edited.js'
import { checkPictureAddress } from '../pictures/allowed-picture.js'
import { PictureError } from '../pictures/picture-error.js'
import { MOST_PICTURE_BYTES, storePicture, usualAddress } from '../pictures/store-picture.js'
import {
  CommandError,
  parseCommandLine,
  refuseOthers,
  UsageError,
  type Command,
  type CommandDeps,
} from './run.js'
import { table } from './table.js'

const USAGE = `Usage: npm run pictures -- COMMAND

  list PRODUCT                  list the pictures of a product; the first one is in lists
  add PRODUCT PICTURE [--alt TEXT]
                                add a picture: a file, or an https address on a host that the setting picture-hosts allows
  describe PRODUCT N TEXT       say what picture N shows, for those who can't see it
  move PRODUCT N PLACE          show picture N at another place
  remove PRODUCT N              remove picture N

PRODUCT is an id or sku of "npm run products -- list". N is a number of "list".`

export const picturesCommand: Command = { usage: USAGE, run }

const OPTIONS = { alt: { type: 'string' } } as const
const MAX_ARGUMENTS = { list: 1, add: 2, describe: Infinity, move: 3, remove: 2 }

async function run(deps: CommandDeps, args: readonly string[]): Promise<string> {
  const { values, positionals } = parseCommandLine(args, OPTIONS, MAX_ARGUMENTS)
  const [command = '', product, ...words] = positionals
  refuseOthers(command, values, { add: ['alt'] })
  if (!Object.hasOwn(MAX_ARGUMENTS, command)) throw new UsageError()
  if (product === undefined) throw new UsageError('Which product?')
  const { prisma } = deps.database
  const { id, name } = await findWholeProduct(prisma, product)
  const change = (work: (pictures: GivenPicture[]) => GivenPicture[]) => changePictures(prisma, id, work)
  switch (command) {
    case 'add': {
      const added = { ...(await pictureOf(deps, words[0])), alt: altOf(values.alt ?? name) }
      await change((known) => {
        if (known.some(({ image }) => image === added.image))
          throw new CommandError('The product has this picture already.')
        return [...known, added]
      })
      break
    }
    case 'describe': {
      const alt = altOf(words.slice(1).join(' '))
      await change((known) => {
        const at = indexOf(known, words[0])
        return known.map((picture, index) => (index === at ? { ...picture, alt } : picture))
      })
      break
    }
    case 'move':
      await change((known) => {
        const at = indexOf(known, words[0])
        const others = known.filter((_, index) => index !== at)
        return others.toSpliced(indexOf(known, words[1]), 0, ...known.slice(at, at + 1))
      })
      break
    case 'remove':
      await change((known) => known.toSpliced(indexOf(known, words[0]), 1))
      break
  }
  return list(deps, id)
}

async function list({ database: { prisma } }: CommandDeps, id: number): Promise<string> {
  const product = await readEdited(prisma, id)
  const pictures = product ? picturesOf(product) : []
  if (pictures.length === 0) return 'The product has no picture.'
  return table(
    ['N', 'PICTURE', 'WHAT IT SHOWS'],
    pictures.map(({ image, alt }, index) => [String(index + 1), image, alt]),
  )
}

function indexOf(pictures: readonly GivenPicture[], text: string | undefined): number {
  if (text === undefined || !/^[1-9]\d?$/.test(text)) throw new UsageError('Which picture? Give its number.')
  if (Number(text) > pictures.length) throw new CommandError(`The product has no picture ${text}.`)
  return Number(text) - 1
}

function altOf(text: string): string {
  const alt = text.trim()
  if (alt === '') throw new UsageError('What does it show?')
  if (alt.length > LONGEST_ALT) throw new CommandError(`Use at most ${LONGEST_ALT} characters.`)
  return alt
}

/** @throws CommandError for what is no picture, or on a host that is not allowed */
async function pictureOf(
  { database, settings }: CommandDeps,
  given: string | undefined,
): Promise<Omit<GivenPicture, 'alt'>> {
  if (given === undefined) throw new UsageError('Which picture? Give a file or an https address.')
  try {
    if (/^https?:/.test(given)) {
      checkPictureAddress(given, (await settings()).pictureHosts)
      return { image: given, pictureId: null }
    }
    const stored = await storePicture(database.prisma, await contentOf(given))
    return { image: usualAddress(stored), pictureId: stored.id }
  } catch (error) {
    if (error instanceof PictureError) throw new CommandError(error.message)
    throw error
  }
}

async function contentOf(file: string): Promise<Buffer> {
  const content = await readFile(file).catch((error: unknown) => {
    throw new CommandError(`${file} can’t be read: ${(error as Error).message}`)
  })
  if (content.length > MOST_PICTURE_BYTES)
    throw new CommandError(`${file} is larger than ${MOST_PICTURE_BYTES / 1024 / 1024} MB.`)
  return content
}
