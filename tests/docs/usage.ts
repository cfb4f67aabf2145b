// The words of a command, as its usage lists them.

/** "list" and "show" of `npm run mails`, in the order of its usage. */
export const wordsOf = (usage: string): string[] => [
  ...new Set([...usage.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, word = '']) => word)),
]
