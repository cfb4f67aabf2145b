// Texts of every PDF.
export const documents = {
  page: (page: number, count: number) => `Page ${page} of ${count}`,
  missingLetters:
    'Some letters can’t be printed in this document and are shown as boxes. The page that it was made from has them.',
}
