// How a mail addresses a user.

/** Longer names are sentences. */
const MAX_LENGTH = 60
/** What mail programs turn into a link, or what reads like one. */
const LINK = /[/\\@:]|www\b|[\p{L}\p{N}][.。][\p{L}\p{N}]{2,}|\d\.\d/iu
/** Characters that can't be seen, such as the word joiner. Some scripts need them in names. */
const INVISIBLE = /\p{Cf}/gu

/**
 * The name to write in a mail, or '' to leave it out. Anyone can register with somebody's address, and a name can be a
 * message with a link: only the owner of a verified address is called by a name, and never by one with a link.
 */
export function greetingName({ name, verifiedAt }: { name: string; verifiedAt: Date | null }): string {
  const isPlain = name.length <= MAX_LENGTH && !LINK.test(name.normalize('NFKC').replaceAll(INVISIBLE, ''))
  return verifiedAt !== null && isPlain ? name : ''
}
