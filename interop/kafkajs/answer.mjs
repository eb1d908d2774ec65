// Answers one request with its value turned around. usage: node answer.mjs BROKERS TOPIC
import { Kafka, logLevel } from "kafkajs";

const [brokers, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "interop", brokers: brokers.split(","), logLevel: logLevel.ERROR });

const producer = kafka.producer();
await producer.connect();
const consumer = kafka.consumer({ groupId: topic });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await new Promise((resolve, reject) => {
  consumer.on(consumer.events.GROUP_JOIN, () => console.log("ready"));
  consumer
    .run({
      eachMessage: async ({ message }) => {
        const header = (name) => message.headers[name]?.toString();
        const [replyTopic, partition, inbox] = header("mq-reply-to").split("/");
        await producer.send({
          topic: replyTopic,
          messages: [
            {
              partition: Number(partition),
              value: [...message.value.toString()].reverse().join(""),
              headers: { "mq-correlation-id": header("mq-correlation-id"), "mq-inbox": inbox },
            },
          ],
        });
        resolve();
      },
    })
    .catch(reject);
});
await consumer.disconnect();
await producer.disconnect();
