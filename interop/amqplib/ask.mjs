// Asks over a queue and prints the reply as a line of JSON. usage: node ask.mjs URI QUEUE BODY
import amqp from "amqplib";

const [uri, queue, body] = process.argv.slice(2);

const connection = await amqp.connect(uri);
const channel = await connection.createChannel();

const reply = await new Promise((resolve, reject) => {
  channel.on("error", reject);
  channel
    .consume("amq.rabbitmq.reply-to", resolve, { noAck: true })
    .then(() =>
      channel.sendToQueue(queue, Buffer.from(body), {
        replyTo: "amq.rabbitmq.reply-to",
        correlationId: "question-1",
      }),
    )
    .catch(reject);
});

console.log(
  JSON.stringify({
    body: reply.content.toString("base64"),
    correlationId: reply.properties.correlationId,
    headers: reply.properties.headers,
  }),
);
await connection.close();
