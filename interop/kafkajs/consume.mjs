// Prints records as lines of JSON, as the group named. usage: node consume.mjs BROKERS TOPIC GROUP COUNT
import { Kafka, logLevel } from "kafkajs";

const [brokers, topic, groupId, count] = process.argv.slice(2);
let left = Number(count);
const kafka = new Kafka({ clientId: "interop", brokers: brokers.split(","), logLevel: logLevel.ERROR });

const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await new Promise((resolve, reject) => {
  consumer
    .run({
      eachMessage: async ({ partition, message }) => {
        const headers = Object.entries(message.headers ?? {}).map(([name, value]) => [name, value?.toString() ?? null]);
        console.log(
          JSON.stringify({
            partition,
            key: message.key?.toString() ?? null,
            value: message.value.toString("base64"),
            timestamp: message.timestamp,
            headers: Object.fromEntries(headers),
          }),
        );
        left -= 1;
        if (left === 0) {
          resolve();
        }
      },
    })
    .catch(reject);
});
await consumer.disconnect();
