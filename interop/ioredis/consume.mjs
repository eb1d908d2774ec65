// Prints the next message of a consumer group as a line of JSON, and acks it. usage: node consume.mjs URI STREAM GROUP
//
// A group that is not there begins with what the stream has.
import Redis from "ioredis";

const [uri, stream, group] = process.argv.slice(2);
const redis = new Redis(uri);
await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch((error) => {
  if (!error.message.startsWith("BUSYGROUP")) {
    throw error;
  }
});

const answer = await redis.xreadgroupBuffer(
  "GROUP", group, "node", "COUNT", 1, "BLOCK", 30000, "STREAMS", stream, ">");
if (answer === null) {
  throw new Error("nothing came within 30 s");
}
const [id, fields] = answer[0][1][0];
const message = {};
for (let i = 0; i < fields.length; i += 2) {
  message[fields[i].toString()] = fields[i + 1].toString();
}
await redis.xack(stream, group, id);
console.log(JSON.stringify(message));
redis.disconnect();
