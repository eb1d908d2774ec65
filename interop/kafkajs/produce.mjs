// Sends to a topic. usage: node produce.mjs BROKERS TOPIC [bare|full]
//
// bare  what a program without Transload sends: a key and JSON; makes the topic
// full  fills in everything a record has
import { Kafka, logLevel } from "kafkajs";

const [brokers, topic, kind = "bare"] = process.argv.slice(2);
const kafka = new Kafka({ clientId: "interop", brokers: brokers.split(","), logLevel: logLevel.ERROR });

const admin = kafka.admin();
await admin.connect();
await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
await admin.disconnect();

const producer = kafka.producer();
await producer.connect();
const value = JSON.stringify({ orderId: 123, amount: 50000, note: "주문" });
if (kind === "bare") {
  await producer.send({ topic, messages: [{ key: "order-123", value }] });
} else {
  await producer.send({
    topic,
    messages: [
      {
        key: "order-123",
        value,
        timestamp: "1700000000000",
        headers: { tenant: "blue", "mq-id": "node-1", "mq-type": "order.placed", "mq-correlation-id": "cart-7" },
      },
    ],
  });
}
await producer.disconnect();
console.log("sent");
