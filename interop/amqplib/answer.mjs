// Answers one request with its body turned around. usage: node answer.mjs URI QUEUE
import amqp from "amqplib";

const [uri, queue] = process.argv.slice(2);

const connection = await amqp.connect(uri);
const channel = await connection.createConfirmChannel();
await channel.assertQueue(queue, { durable: true });
console.log("ready");

await new Promise((resolve, reject) => {
  channel.on("error", reject);
  channel.consume(queue, (request) => {
    const answer = [...request.content.toString()].reverse().join("");
    const { replyTo, correlationId } = request.properties;
    channel.sendToQueue(replyTo, Buffer.from(answer), { correlationId });
    channel.ack(request);
    channel.waitForConfirms().then(resolve, reject);
  });
});

await connection.close();
