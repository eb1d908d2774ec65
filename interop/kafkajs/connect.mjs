// What the programs share: a client for the bootstrap servers of a kafka:// URI, quiet unless something is wrong.
import { Kafka, logLevel } from "kafkajs";

export function connect(uri) {
  return new Kafka({
    clientId: "my-app",
    brokers: uri.replace(/^kafka:\/\//, "").split(","),
    logLevel: logLevel.ERROR,
  });
}

// Text where it is text, else bytes: header values may be either, or lists of them.
export function readable(value) {
  return Array.isArray(value) ? value.map(String) : String(value);
}

// The message with what the protocol carries, its body in base64, as a line of JSON.
export function line({ topic, partition, message }) {
  return JSON.stringify({
    topic,
    partition,
    key: message.key === null ? null : message.key.toString(),
    body: message.value === null ? null : message.value.toString("base64"),
    timestamp: message.timestamp,
    headers: Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, readable(value)])),
  });
}

// Runs a consumer until its handler says that it has seen enough.
export async function consumeUntil(kafka, groupId, topic, seenEnough) {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({
        eachMessage: async (delivery) => {
          if (await seenEnough(delivery)) {
            resolve();
          }
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}
