// Adds and processes jobs, as the lines that come in ask for it, and says after each what it took:
//   add N SIZE      puts N jobs with SIZE characters in, 500 in one command
//   process N       has a worker process N jobs, 50 at once, each of which is removed when it is completed
//   clear           takes all jobs away
// Usage: node jobs.mjs HOST PORT QUEUE
import { createInterface } from 'node:readline';
import { Queue, Worker } from 'bullmq';

const BULK = 500;
const CONCURRENCY = 50;

const [host, port, name] = process.argv.slice(2);
const connection = { host, port: Number(port), maxRetriesPerRequest: null };
const queue = new Queue(name, {
  connection,
  defaultJobOptions: { attempts: 3, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true },
});

function meter() {
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  return () => {
    const nanos = process.hrtime.bigint() - start;
    const used = process.cpuUsage(cpu);
    return `${nanos} ${(used.user + used.system) * 1000}`;
  };
}

async function add(count, size) {
  const text = 'x'.repeat(size);
  const took = meter();
  for (let left = count; left > 0; left -= BULK) {
    const jobs = Array.from({ length: Math.min(BULK, left) }, () => ({ name: 'job', data: { text } }));
    await queue.addBulk(jobs);
  }
  return took();
}

async function processJobs(count) {
  let took;
  let completed = 0;
  let told;
  const done = new Promise((resolve) => (told = resolve));
  const worker = new Worker(
    name,
    async () => {
      took ??= meter();
    },
    { connection, concurrency: CONCURRENCY },
  );
  worker.on('completed', () => {
    if (++completed === count) {
      told(took());
    }
  });
  const result = await done;
  await worker.close();
  return result;
}

await queue.waitUntilReady();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [what, count, size] = line.split(' ');
  if (what === 'add') {
    console.log(await add(Number(count), Number(size)));
  } else if (what === 'process') {
    console.log(await processJobs(Number(count)));
  } else {
    await queue.obliterate({ force: true });
    console.log('cleared');
  }
}
await queue.close();
