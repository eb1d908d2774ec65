// Answers one request with its body turned around. usage: node answer.mjs URI TOPIC
import { connect, consumeUntil } from "./connect.mjs";

const [uri, topic] = process.argv.slice(2);

const kafka = connect(uri);
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();
console.log("ready");

await consumeUntil(kafka, `${topic}-answering`, topic, async ({ message }) => {
  // A reply address is a topic, or a topic with the partition and the inbox on it that the reply is for.
  const [replyTopic, partition, inbox] = String(message.headers["mq-reply-to"]).split("/");
  const reply = {
    value: [...message.value.toString()].reverse().join(""),
    headers: { "mq-correlation-id": message.headers["mq-correlation-id"] },
  };
  if (inbox !== undefined) {
    reply.partition = Number(partition);
    reply.headers["mq-inbox"] = inbox;
  }
  await producer.send({ topic: replyTopic, acks: -1, messages: [reply] });
  return true;
});

await producer.disconnect();
