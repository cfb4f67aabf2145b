// What is wrong with a form, by field.

/** Field → what is wrong with it. `payment` is about the payment as a whole. */
export type Problems = Record<string, string>
