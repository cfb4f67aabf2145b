#!/usr/bin/env node
// The command `stripe-sandbox`: runs a sandbox until it is stopped.
import { start } from '../dist/commands/start.js'

await start(process.argv.slice(2), process.env)
