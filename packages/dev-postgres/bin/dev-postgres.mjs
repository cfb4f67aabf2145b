#!/usr/bin/env node
// The command "dev-postgres".
import { runCommandLine } from '../dist/command-line.js'

process.exitCode = await runCommandLine(process.argv.slice(2))
