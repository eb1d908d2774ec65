// Asks over a queue and prints the reply as a line of JSON. usage: node ask.mjs URI QUEUE BODY
import Redis from "ioredis";

const [uri, queue, body] = process.argv.slice(2);
const replies = `${queue}-replies`;
const redis = new Redis(uri);

// The stream must be there: a reply to nobody is dropped. It goes by itself if this program dies.
await redis.xadd(replies, "MAXLEN", 0, "*", "body", "");
await redis.pexpire(replies, 60000);
await redis.xadd(queue, "*", "body", body, "mq-reply-to", replies, "mq-correlation-id", "question-1");

const answer = await redis.xread("BLOCK", 30000, "STREAMS", replies, "0");
if (answer === null) {
  throw new Error("no reply came within 30 s");
}
const fields = answer[0][1][0][1];
const reply = {};
for (let i = 0; i < fields.length; i += 2) {
  reply[fields[i]] = fields[i + 1];
}
await redis.del(replies);
console.log(JSON.stringify(reply));
redis.disconnect();
