// What any request may be told when it goes wrong, as a page or as JSON.
const NOT_FOUND = {
  page: 'This page doesn’t exist, or you don’t have access.',
  product: 'This product doesn’t exist, or is no longer sold.',
  order: 'This order doesn’t exist, or you don’t have access.',
  mail: 'This email doesn’t exist.',
}

export type Findable = keyof typeof NOT_FOUND

export const errors = {
  backToShop: 'Back to the shop',
  tryAgain: 'Try again',
  reference: (status: number) => `Error ${status} · Request`,
  notFoundTitle: (what: Findable) => `We can’t find that ${what === 'mail' ? 'email' : what}`,
  notFound: (what: Findable) => NOT_FOUND[what],
  badRequestTitle: 'That didn’t work',
  tooManyTitle: 'Too many tries',
  unavailableTitle: 'We’re having technical trouble',
  unavailable: 'Nothing was lost or charged. Please try again in a moment.',
  busyTitle: 'We’re very busy right now',
  busy: 'Many people are searching at this moment. Please try again in a few seconds.',
  internalTitle: 'Something went wrong on our side',
  internal:
    'We’ve logged the error. Please try again. If it happens again, contact us with the reference below.',
  unreadableTitle: 'We couldn’t read your request',
  unreadable: 'The address or the request is malformed.',
  bodyTooLarge: 'The request is larger than we accept.',
  bodyMalformed: 'The body doesn’t match its content type.',
  bodyCompressed: 'Send the body uncompressed.',
  bodyCharset: 'Send the body as UTF-8.',
  bodyAborted: 'The request ended before its body was complete.',
  bodyLength: 'The body’s length differs from its Content-Length.',
  tooManyFields: 'The form has more fields than we accept.',
  nestedForm: 'The form is nested deeper than we accept.',
  nestedBody: 'The body is nested too deeply.',
  tooManyFiles: (most: number) =>
    most === 1 ? 'Send one file at a time.' : `Send at most ${most} files at a time.`,
  filesTooLarge: (mebibytes: number) =>
    `The files are larger than we accept: together, they may have ${mebibytes} MB. Nothing was saved.`,
  nullByte: 'The address or the form contains a null character.',
  crossOriginTitle: 'This request came from another site',
  crossOrigin:
    'For your security, we only accept changes from our own pages. Open the page here and try again.',
}
