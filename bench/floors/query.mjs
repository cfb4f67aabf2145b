// Floor for a start with a database: Express and pg, one query for each page.
import express from 'express'
import pg from 'pg'

const [port, database] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: database })

const app = express()
app.get(['/ready', '/pricing'], async (_request, response) => {
  const { rows } = await pool.query('SELECT 1 AS one')
  response.send(`It works: ${rows[0].one}.`)
})
app.listen(Number(port), '127.0.0.1')
