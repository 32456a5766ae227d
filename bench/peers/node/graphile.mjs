// graphile-worker. Fast: its local queue and batched completion, as its documentation on performance says. By default it
// runs one job at a time; ten is what it shows as an example.
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { fast, input, serve, started, url } from './desk.mjs'

const BULK = 5000
const logger = new Logger(() => () => {})
const preset = {
    worker: fast
        ? {
            concurrentJobs: 100,
            localQueue: { size: 2000 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
            maxPoolSize: 12,
        }
        : { concurrentJobs: 10 },
}
const noop = async ({ number }) => started(number)
let utils

await serve({
    migrate: () => runMigrations({ connectionString: url, logger }),
    async connect(clients) {
        const pgPool = new pg.Pool({ connectionString: url, max: Math.max(clients, 2) })
        pgPool.on('error', () => {})
        utils = await makeWorkerUtils({ pgPool, logger })
    },
    async bulk(jobs) {
        for (let done = 0; done < jobs; done += BULK) {
            const length = Math.min(BULK, jobs - done)
            const many = Array.from({ length }, (_, i) => ({ identifier: 'noop', payload: input(done + i) }))
            await utils.addJobs(many)
        }
    },
    submit: (number) => utils.addJob('noop', input(number)),
    work: (latency) =>
        run({
            preset: latency ? { worker: { concurrentJobs: 10 } } : preset,
            connectionString: url,
            logger,
            noHandleSignals: true,
            taskList: { noop },
        }),
})
