// Reads the checkout page's form, as a browser would send it.

/** The fields of the form: what is hidden, typed, selected and checked. */
export function checkoutFields(page: string): Record<string, string> {
  const form = /<form class="checkout"[\s\S]*?<\/form>/.exec(page)?.[0] ?? ''
  const inputs = [...form.matchAll(/<input[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => !tag.includes('type="radio"') || / checked/.test(tag))
  const country = /<option value="(\w*)" selected>/.exec(form)?.[1]
  return {
    ...Object.fromEntries(inputs.map((tag) => [attribute(tag, 'name'), attribute(tag, 'value')])),
    ...(country !== undefined && { country }),
  }
}

/** The rates on the page: their names and ids. */
export function ratesOn(page: string): Record<string, string> {
  const choices = page.matchAll(/id="rate-(\d+)"[\s\S]*?rate__name">([^<]*)</g)
  return Object.fromEntries([...choices].map(([, id = '', name = '']) => [name, id]))
}

function attribute(tag: string, name: string): string {
  return new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
}
