// Sends an order to a topic. usage: node produce.mjs URI TOPIC [bare|full]
//
// bare  what a program without Transload sends: a key and JSON, and nothing else; makes the topic, with one partition
// full  fills in every field there is; expects the topic to exist
import { connect } from "./connect.mjs";

const [uri, topic, kind = "bare"] = process.argv.slice(2);

const kafka = connect(uri);
if (kind === "bare") {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
}

const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();

const order = { key: "order-123", value: JSON.stringify({ orderId: 123, amount: 50000 }) };
if (kind === "full") {
  order.timestamp = "1700000000000";
  order.headers = {
    "mq-id": "node-1",
    "mq-type": "order.placed",
    "mq-content-type": "application/json",
    "mq-correlation-id": "cart-7",
    tenant: "파랑",
    attempts: "3",
  };
}
await producer.send({ topic, acks: -1, messages: [order] });

await producer.disconnect();
console.log("sent");
