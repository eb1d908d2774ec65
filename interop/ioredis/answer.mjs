// Answers one request with its body turned around. usage: node answer.mjs URI QUEUE
import Redis from "ioredis";

const [uri, queue] = process.argv.slice(2);
const redis = new Redis(uri);
await redis.ping();
console.log("ready");

// A queue is a stream with a group of its own name.
const answer = await redis.xreadgroup("GROUP", queue, "node", "COUNT", 1, "BLOCK", 30000, "STREAMS", queue, ">");
if (answer === null) {
  throw new Error("no request came within 30 s");
}
const [id, fields] = answer[0][1][0];
const request = {};
for (let i = 0; i < fields.length; i += 2) {
  request[fields[i]] = fields[i + 1];
}
const body = [...request["mq-body"]].reverse().join("");
await redis.xadd(
  request["mq-reply-to"], "NOMKSTREAM", "*", "mq-body", body, "mq-correlation-id", request["mq-correlation-id"]);
await redis.xack(queue, queue, id);
await redis.xdel(queue, id);
redis.disconnect();
