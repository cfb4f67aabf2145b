// Schemas of the JSON API's account, sessions and tokens.
import { z } from 'zod'
import { changePasswordForm, loginForm, resetForm } from '../accounts/forms.js'

export { forgotForm as passwordReset, registerForm as registration } from '../accounts/forms.js'

export const credentials = loginForm.extend({
  code: z
    .string()
    .max(100)
    .optional()
    .describe('For an account with a second factor: a code of its authenticator app, or a recovery code.'),
})

const time = z.iso.datetime()

export const newPassword = z.object({
  current_password: changePasswordForm.shape.currentPassword,
  password: changePasswordForm.shape.password,
})

const linkToken = z
  .string()
  .min(1)
  .max(100)
  .describe('The last part of the address in the mail, which leads to the shop’s own page.')

export const resetCompletion = z.object({ token: linkToken, password: resetForm.shape.password })
export const emailVerification = z.object({ token: linkToken })

export const user = z.object({
  name: z.string(),
  email: z.string(),
  email_verified: z
    .boolean()
    .describe('Whether a link mailed to the address was opened. Buying doesn’t need it.'),
  created_at: time,
})

export const grant = z.object({
  token: z
    .string()
    .describe('Send it as "Authorization: Bearer till_…". It is shown once: the shop stores only its hash.'),
  expires_at: time.describe('When it ends. It ends earlier if it isn’t used for 14 days.'),
  user,
})

export const changedPassword = z.object({
  token: z.string().nullable().describe('Replaces the token of the request. Null for a session cookie.'),
  expires_at: time.nullable(),
  user,
})

export const tokenList = z.object({
  tokens: z
    .array(
      z.object({
        id: z.string().describe('Not the token itself.'),
        origin: z.string().nullable().describe('The origin that signed in. Null for other programs.'),
        user_agent: z.string().nullable(),
        created_at: time,
        last_used_at: time.describe('Accurate to five minutes.'),
        expires_at: time,
        current: z.boolean().describe('Whether it is the token of this request.'),
      }),
    )
    .describe('The most recently used first. A user has at most 20.'),
})

export const sessionList = z.object({
  sessions: z
    .array(
      z.object({
        id: z.string().describe('Not the content of its cookie.'),
        user_agent: z.string().nullable(),
        created_at: time.nullable(),
        last_used_at: time.nullable().describe('Accurate to an hour.'),
        current: z.boolean(),
      }),
    )
    .describe('Where the shopper is signed in on the shop’s own pages. The most recently used first.'),
})

export type UserJson = z.infer<typeof user>
export type GrantJson = z.infer<typeof grant>
export type ChangedPasswordJson = z.infer<typeof changedPassword>
export type TokenListJson = z.infer<typeof tokenList>
export type SessionListJson = z.infer<typeof sessionList>
