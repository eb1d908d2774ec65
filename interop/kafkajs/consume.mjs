// Prints messages of a topic from its beginning as lines of JSON, and commits them.
// usage: node consume.mjs URI TOPIC COUNT [GROUP]
import { connect, consumeUntil, line } from "./connect.mjs";

const [uri, topic, count, groupId = "order-processor"] = process.argv.slice(2);
let left = Number(count);

await consumeUntil(connect(uri), groupId, topic, (delivery) => {
  if (left > 0) {
    console.log(line(delivery));
  }
  left -= 1;
  return left <= 0;
});
