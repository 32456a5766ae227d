// What Desk.java is for the peers that run on the JVM: the same lines on stdin and stdout.
import { createInterface } from 'node:readline'

export const url = process.argv[2].replace(/^jdbc:/, '')
export const fast = process.argv[3] === 'fast'

/** About what a mail job's input is. */
export const input = (number) => ({
    to: 'someone@example.org',
    subject: 'hello',
    body: 'some text as long as the input of a usual job is, a hundred bytes or so',
    number,
})

const now = () => process.hrtime.bigint()
const say = (line) => process.stdout.write(line + '\n')

let count = 0
let told = 0
let last = 0n
let each = false

/** To be called first by each handler. */
export function started(number) {
    count++
    last = now()
    if (each) say(`started ${number} ${last}`)
}

function tell() {
    if (count === told) return
    told = count
    say(`count ${count} ${last}`)
}

async function submitAll(peer, clients, jobs) {
    let next = 0
    const client = async () => {
        while (next < jobs) await peer.submit(next++)
    }
    await Promise.all(Array.from({ length: clients }, client))
}

async function submitSlowly(peer, jobs) {
    for (let number = 0; number < jobs; number++) {
        await new Promise((wake) => setTimeout(wake, 2 + Math.random() * 10))
        await peer.submit(number)
        say(`answered ${number} ${now()}`)
    }
}

async function obey(peer, [command, ...numbers]) {
    const [one, other] = numbers.map(Number)
    switch (command) {
        case 'migrate': return peer.migrate()
        case 'connect': return peer.connect(one)
        case 'bulk': return peer.bulk(one)
        case 'submit': return submitAll(peer, one, other)
        case 'slowly': return submitSlowly(peer, one)
        case 'each': each = true; return peer.work(true)
        case 'work': setInterval(tell, 20); return peer.work(false)
        default: throw new Error(`unknown command ${command}`)
    }
}

/** Obeys until its input ends. */
export async function serve(peer) {
    for await (const line of createInterface({ input: process.stdin })) {
        const begun = now()
        await obey(peer, line.split(' '))
        say(`ok ${now() - begun}`)
    }
    process.exit(0)
}
