# Sends orders to a queue. usage: python produce.py QUEUE [bare|full|fifo]
#
# bare  what a program without Transload sends: JSON and nothing else; makes the queue
# full  fills in every attribute there is; expects the queue to exist
# fifo  three orders of one message group; makes the queue
#
# Where the service is, and the login, are in the variables of the AWS SDKs: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …
import json
import sys

import boto3

queue, kind = sys.argv[1], (sys.argv[2:] or ["bare"])[0]
order = {"orderId": 123, "amount": 50000}
sqs = boto3.client("sqs")

if kind == "bare":
    url = sqs.create_queue(QueueName=queue)["QueueUrl"]
    print(sqs.send_message(QueueUrl=url, MessageBody=json.dumps(order))["MessageId"])
elif kind == "full":
    texts = {
        "mq-id": "boto3-1",
        "mq-key": "order-123",
        "mq-type": "order.placed",
        "mq-content-type": "application/json",
        "mq-correlation-id": "cart-7",
        "mq-timestamp": "1700000000000",
        "tenant": "파랑",
    }
    attributes = {name: {"DataType": "String", "StringValue": text} for name, text in texts.items()}
    attributes["attempts"] = {"DataType": "Number", "StringValue": "3"}
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(order), MessageAttributes=attributes)
else:
    url = sqs.create_queue(QueueName=queue, Attributes={"FifoQueue": "true"})["QueueUrl"]
    for amount in (1, 2, 3):
        sqs.send_message(
            QueueUrl=url,
            MessageBody=json.dumps({"orderId": 123, "amount": amount}),
            MessageGroupId="order-123",
            MessageDeduplicationId=f"payment-{amount}",
        )
