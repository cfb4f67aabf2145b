// Reads the forms of policies, which are longer than others: app.ts leaves them to the admin.
import express from 'express'
import { MAX_CHARACTERS } from '../policies/change-policy.js'

/** Percent-encoding makes three bytes of each, and letters of other scripts have up to three bytes. */
const MAX_FORM = MAX_CHARACTERS * 9 + 1000

/** Call once it is known who asks. */
export const readPolicyForm = express.urlencoded({ extended: false, limit: MAX_FORM, parameterLimit: 20 })
