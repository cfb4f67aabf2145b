#!/usr/bin/env node
// The command `stripe-sandbox-cli`: runs the official Stripe CLI against a running sandbox.
import { runStripeCli } from '../dist/commands/stripe-cli.js'

await runStripeCli(process.argv.slice(2), process.env)
