// Prints messages as lines of JSON, the body in base64, and acks them. usage: node consume.mjs URI QUEUE COUNT
import amqp from "amqplib";

const [uri, queue, count] = process.argv.slice(2);
let left = Number(count);

const connection = await amqp.connect(uri);
const channel = await connection.createChannel();
await channel.checkQueue(queue);
await channel.prefetch(left);

await new Promise((resolve, reject) => {
  channel.on("error", reject);
  channel.consume(queue, (message) => {
    if (message === null) {
      reject(new Error(`queue ${queue} was deleted`));
      return;
    }
    const given = Object.entries(message.properties).filter(([, value]) => value !== undefined);
    console.log(
      JSON.stringify({
        body: message.content.toString("base64"),
        exchange: message.fields.exchange,
        routingKey: message.fields.routingKey,
        properties: Object.fromEntries(given),
      }),
    );
    channel.ack(message);
    left -= 1;
    if (left === 0) {
      resolve();
    }
  });
});

await channel.close();
await connection.close();
