# Prints messages as lines of JSON and deletes them. usage: python consume.py QUEUE COUNT
import json
import sys

import boto3

queue, left = sys.argv[1], int(sys.argv[2])
sqs = boto3.client("sqs")
url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]

while left > 0:
    answer = sqs.receive_message(
        QueueUrl=url,
        MessageSystemAttributeNames=["All"],
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=1,
        WaitTimeSeconds=20,
    )
    for message in answer.get("Messages", []):
        attributes = message.get("MessageAttributes", {})
        seen = {
            "body": message["Body"],
            "system": message["Attributes"],
            "attributes": {name: value["StringValue"] for name, value in attributes.items()},
        }
        print(json.dumps(seen))
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        left -= 1
