// What is wrong with a form, by field.

/** Field → what is wrong with it. `payment` is about the whole. */
export type Problems = Record<string, string>
