// Validates the account forms, with an error text for each field.
import { z } from 'zod'
import { t } from '../messages/index.js'
import { MAX_PASSWORD, MIN_PASSWORD } from './passwords.js'
import type { FieldErrors } from './view-models.js'

/** The longest address that SMTP can carry (RFC 5321). */
const MAX_EMAIL = 254
const MAX_NAME = 100

const text = z.string({ error: () => t().accounts.required })
const email = text
  .trim()
  .toLowerCase()
  .max(MAX_EMAIL, { error: () => t().accounts.emailTooLong })
  .pipe(z.email({ error: () => t().accounts.emailInvalid }))
const newPassword = text
  .min(MIN_PASSWORD, { error: () => t().accounts.passwordTooShort(MIN_PASSWORD) })
  .max(MAX_PASSWORD, { error: () => t().accounts.passwordTooLong(MAX_PASSWORD) })

export const registerForm = z
  .object({
    // No control characters: the name is printed in emails.
    name: text
      .trim()
      .min(1, { error: () => t().accounts.nameMissing })
      .max(MAX_NAME, { error: () => t().accounts.nameTooLong(MAX_NAME) })
      .regex(/^\P{Cc}+$/u, { error: () => t().accounts.nameInvalid }),
    email,
    password: newPassword,
  })
  .refine((form) => form.password.toLowerCase() !== form.email, {
    path: ['password'],
    error: () => t().accounts.passwordIsEmail,
  })

export const loginForm = z.object({
  email: text
    .trim()
    .toLowerCase()
    .min(1, { error: () => t().accounts.emailMissing })
    .max(MAX_EMAIL, { error: () => t().accounts.emailTooLong }),
  password: text
    .min(1, { error: () => t().accounts.passwordMissing })
    .max(MAX_PASSWORD, { error: () => t().accounts.passwordTooLong(MAX_PASSWORD) }),
})

export const forgotForm = z.object({ email })
export const resetForm = z.object({ password: newPassword })

/** The first error of each field. */
export function fieldErrors(error: z.ZodError): FieldErrors {
  const errors: FieldErrors = {}
  for (const issue of error.issues) {
    const field = issue.path[0] as keyof FieldErrors
    errors[field] ??= issue.message
  }
  return errors
}

/** A field as the shopper typed it, for showing the form again. */
export function typed(body: unknown, field: string): string {
  const value = fieldOf(body, field)
  return typeof value === 'string' ? value.slice(0, MAX_EMAIL) : ''
}

/** A field of a form, not validated. */
export function fieldOf(body: unknown, field: string): unknown {
  return (body as Record<string, unknown> | undefined)?.[field]
}
