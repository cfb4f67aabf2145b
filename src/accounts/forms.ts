// What the account forms send, checked at the edge; the sentences stand beside the fields.
import { z } from 'zod'
import type { FieldErrors } from './view-models.js'
import { MAX_PASSWORD, MIN_PASSWORD } from './passwords.js'

const text = z.string({ error: 'Please fill this in.' })
const email = text
  .trim()
  .toLowerCase()
  .max(254, 'That is longer than an e-mail address can be.')
  .pipe(z.email('That does not look like an e-mail address.'))
const newPassword = text
  .min(MIN_PASSWORD, `Use at least ${MIN_PASSWORD} characters.`)
  .max(MAX_PASSWORD, `Use at most ${MAX_PASSWORD} characters.`)

export const registerForm = z
  .object({
    // No control characters: the name is printed in mails.
    name: text
      .trim()
      .min(1, 'Please tell us your name.')
      .max(100, 'Please use at most 100 characters.')
      .regex(/^\P{Cc}+$/u, 'Please use letters only.'),
    email,
    password: newPassword,
  })
  .refine((form) => form.password.toLowerCase() !== form.email, {
    path: ['password'],
    message: 'Your address is the first password anyone would try.',
  })

export const loginForm = z.object({
  email: text
    .trim()
    .toLowerCase()
    .min(1, 'Please enter your e-mail address.')
    .max(254, 'That is not an e-mail address.'),
  password: text
    .min(1, 'Please enter your password.')
    .max(MAX_PASSWORD, `Passwords have at most ${MAX_PASSWORD} characters.`),
})

export const forgotForm = z.object({ email })
export const resetForm = z.object({ password: newPassword })

/** The first sentence for each field. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const issue of error.issues) {
    const field = issue.path[0] as keyof FieldErrors
    errors[field] ??= issue.message
  }
  return errors
}

/** A form's field as it was typed, to show it again. */
export function typed(body: unknown, field: string): string {
  const value = fieldOf(body, field)
  return typeof value === 'string' ? value.slice(0, 254) : ''
}

/** A form's field as it came, whatever it is. */
export function fieldOf(body: unknown, field: string): unknown {
  return (body as Record<string, unknown> | undefined)?.[field]
}
