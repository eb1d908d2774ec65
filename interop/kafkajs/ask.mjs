// Asks over a topic and prints the reply as a line of JSON. usage: node ask.mjs URI TOPIC BODY
import { connect, consumeUntil, line } from "./connect.mjs";

const [uri, topic, body] = process.argv.slice(2);
const replies = `${topic}-replies`;

const kafka = connect(uri);
const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic: replies, numPartitions: 1 }], waitForLeaders: true });
await admin.disconnect();

const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
await producer.send({
  topic,
  acks: -1,
  messages: [{ value: body, headers: { "mq-reply-to": replies, "mq-correlation-id": "question-1" } }],
});
await producer.disconnect();

await consumeUntil(kafka, `${topic}-asking`, replies, (delivery) => {
  console.log(line(delivery));
  return true;
});
