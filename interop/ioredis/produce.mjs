// Adds an order to a stream. usage: node produce.mjs URI STREAM [bare|full]
//
// bare  what a program without Transload sends: JSON in a field, and nothing else
// full  fills in every field there is
import Redis from "ioredis";

const [uri, stream, kind = "bare"] = process.argv.slice(2);
const order = JSON.stringify({ orderId: 123, amount: 50000 });
const fields =
  kind === "bare"
    ? { body: order }
    : {
        "mq-body": order,
        "mq-id": "node-1",
        "mq-key": "order-123",
        "mq-type": "order.placed",
        "mq-content-type": "application/json",
        "mq-correlation-id": "cart-7",
        "mq-timestamp": "1700000000000",
        tenant: "파랑",
        attempts: "3",
      };

const redis = new Redis(uri);
console.log(await redis.xadd(stream, "*", ...Object.entries(fields).flat()));
redis.disconnect();
