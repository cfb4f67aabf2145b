// Validates the account forms, with an error text for each field.
import { z } from 'zod'
import { t } from '../messages/index.js'
import { isCommonPassword, isPersonalPassword } from './common-passwords.js'
import { canonicalEmail, MAX_EMAIL } from './email-address.js'
import { MAX_PASSWORD, MIN_PASSWORD } from './passwords.js'
import type { FieldErrors } from './view-models.js'

const MAX_NAME = 100
/** Line breaks and other control characters, and those that turn text around. The name is printed on pages and in mails. */
const NAME = /^[^\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u

const text = z.string({ error: () => t().accounts.required })
const email = text.transform((typed, context) => {
  const address = canonicalEmail(typed)
  if (address !== null) return address
  const isTooLong = typed.trim().length > MAX_EMAIL
  context.addIssue({
    code: 'custom',
    message: isTooLong ? t().accounts.emailTooLong : t().accounts.emailInvalid,
  })
  return z.NEVER
})
const newPassword = text
  .max(MAX_PASSWORD, { error: () => t().accounts.passwordTooLong(MAX_PASSWORD) })
  .refine((typed) => Array.from(typed.normalize('NFC')).length >= MIN_PASSWORD, {
    error: () => t().accounts.passwordTooShort(MIN_PASSWORD),
  })
const password = text
  .min(1, { error: () => t().accounts.passwordMissing })
  .max(MAX_PASSWORD, { error: () => t().accounts.passwordTooLong(MAX_PASSWORD) })

const name = text
  .trim()
  .min(1, { error: () => t().accounts.nameMissing })
  .max(MAX_NAME, { error: () => t().accounts.nameTooLong(MAX_NAME) })
  .regex(NAME, { error: () => t().accounts.nameInvalid })

export const registerForm = z.object({ name, email, password: newPassword })

export const loginForm = z.object({
  // An address that is invalid now may have been accepted by an earlier version.
  email: text
    .min(1, { error: () => t().accounts.emailMissing })
    .transform((typed) => canonicalEmail(typed) ?? typed.trim().toLowerCase())
    .pipe(
      z
        .string()
        .min(1, { error: () => t().accounts.emailMissing })
        .max(MAX_EMAIL, { error: () => t().accounts.emailTooLong }),
    ),
  password,
})

export const forgotForm = z.object({ email })
export const guestForm = z.object({ email })
export const resetForm = z.object({ password: newPassword })
export const changePasswordForm = z.object({ currentPassword: password, password: newPassword })
export const nameForm = z.object({ name })
export const emailForm = z.object({ email, currentPassword: password })
export const ownPasswordForm = z.object({ currentPassword: password })

/** Why this password can't be chosen for this account. Null when it can. */
export async function passwordObjection(
  chosen: string,
  account: { name: string; email: string },
  shopName: string,
): Promise<string | null> {
  const { name, email } = account
  const texts = t().accounts
  if (canonicalEmail(chosen) === email) return texts.passwordIsEmail
  const words = [email, email.replace(/@[^@]+$/, ''), name, shopName]
  if (isPersonalPassword(chosen, words)) return texts.passwordIsPersonal
  return (await isCommonPassword(chosen)) ? texts.passwordIsCommon : null
}

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
