// Preloaded into what start.mjs starts: ends the program when start.mjs is gone. A signal can't say so when it was SIGKILL.
import cluster from 'node:cluster'

// Workers inherit this preload, and their channel leads to their primary process.
if (cluster.isPrimary && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // Listening must not keep a program running that is done.
  process.channel.unref()
}
