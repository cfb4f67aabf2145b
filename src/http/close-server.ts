// Stops a server, and answers what has reached it: a proxy does not send a form to another process again.
import type { Server } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Accepts no new connections, closes idle ones, and after so many seconds all that are still open. */
export async function closeServer(server: Server, seconds: number): Promise<void> {
  // Connections that the system has made and Node has not seen would be reset. A whole turn of the event loop takes them.
  await nextTurn()
  await nextTurn()
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), seconds * 1000)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
