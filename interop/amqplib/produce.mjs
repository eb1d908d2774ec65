// Sends the welcome e-mail to a queue. usage: node produce.mjs URI QUEUE [bare|full]
//
// bare  what a program without Transload sends: JSON, persistent, and nothing else; makes the queue
// full  fills in every property there is; expects the queue to exist
import amqp from "amqplib";

const [uri, queue, kind = "bare"] = process.argv.slice(2);
const email = { to: "user@example.com", subject: "Welcome", body: "가입을 환영합니다!" };

const connection = await amqp.connect(uri);
const channel = await connection.createConfirmChannel();
const body = Buffer.from(JSON.stringify(email));

if (kind === "bare") {
  await channel.assertQueue(queue, { durable: true });
  channel.sendToQueue(queue, body, { persistent: true });
} else {
  await channel.checkQueue(queue);
  channel.sendToQueue(queue, body, {
    persistent: true,
    messageId: "node-1",
    type: "email.welcome",
    contentType: "application/json",
    correlationId: "sign-up-7",
    timestamp: 1700000000,
    appId: "sign-up-form",
    headers: { tenant: "blue", attempts: 3, urgent: true, "mq-key": "user-7" },
  });
}

await channel.waitForConfirms();
await connection.close();
console.log("sent");
