# Answers one request with its body turned around. usage: python answer.py QUEUE
import sys

import boto3

sqs = boto3.client("sqs")
url = sqs.get_queue_url(QueueName=sys.argv[1])["QueueUrl"]

request = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=20)["Messages"][0]
attributes = request["MessageAttributes"]
sqs.send_message(
    QueueUrl=sqs.get_queue_url(QueueName=attributes["mq-reply-to"]["StringValue"])["QueueUrl"],
    MessageBody=request["Body"][::-1],
    MessageAttributes={"mq-correlation-id": attributes["mq-correlation-id"]},
)
sqs.delete_message(QueueUrl=url, ReceiptHandle=request["ReceiptHandle"])
