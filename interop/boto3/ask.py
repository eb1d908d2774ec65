# Asks over a queue and prints the reply as a line of JSON. usage: python ask.py QUEUE BODY
import json
import sys

import boto3

queue, body = sys.argv[1:]
replies = f"{queue}-answers"
sqs = boto3.client("sqs")
reply_url = sqs.create_queue(QueueName=replies)["QueueUrl"]
sqs.send_message(
    QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"],
    MessageBody=body,
    MessageAttributes={
        "mq-reply-to": {"DataType": "String", "StringValue": replies},
        "mq-correlation-id": {"DataType": "String", "StringValue": "question-1"},
    },
)
reply = sqs.receive_message(QueueUrl=reply_url, MessageAttributeNames=["All"], WaitTimeSeconds=20)["Messages"][0]
sqs.delete_queue(QueueUrl=reply_url)
attributes = {name: value["StringValue"] for name, value in reply["MessageAttributes"].items()}
print(json.dumps({"body": reply["Body"], "attributes": attributes}))
