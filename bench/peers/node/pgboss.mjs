// pg-boss. Fast: large batches, one completion for each, woken by NOTIFY. By default a worker takes one job every two
// seconds.
import { PgBoss } from 'pg-boss'
import { fast, input, serve, started, url } from './desk.mjs'

const BULK = 5000
let boss

async function connect(clients) {
    boss = new PgBoss({ connectionString: url, max: Math.max(clients, 10), useListenNotify: fast })
    boss.on('error', (e) => console.error(e))
    await boss.start()
}

await serve({
    async migrate() {
        await connect(2)
        await boss.createQueue('noop', { notify: fast })
    },
    connect,
    async bulk(jobs) {
        for (let done = 0; done < jobs; done += BULK) {
            const length = Math.min(BULK, jobs - done)
            await boss.insert('noop', Array.from({ length }, (_, i) => ({ data: input(done + i) })))
        }
    },
    submit: (number) => boss.send('noop', input(number)),
    async work(latency) {
        await connect(10)
        const many = { batchSize: 2000, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
        const one = { batchSize: 1, localConcurrency: 2, pollingIntervalSeconds: 0.5 }
        await boss.work('noop', latency ? one : fast ? many : {}, async (jobs) => {
            for (const job of jobs) started(job.data.number)
        })
    },
})
