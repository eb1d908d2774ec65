# Publishes an order to an SNS topic and prints the id that SNS gave it. usage: python publish.py TOPIC [MQ_TOPIC]
#
# MQ_TOPIC  the topic as applications with Transload call it, whose groups are to get it
import json
import sys

import boto3

topic, mq_topic = sys.argv[1], sys.argv[2:]
sns = boto3.client("sns")
attributes = {"tenant": {"DataType": "String", "StringValue": "blue"}}
if mq_topic:
    attributes["mq-topic"] = {"DataType": "String", "StringValue": mq_topic[0]}
published = sns.publish(
    TopicArn=sns.create_topic(Name=topic)["TopicArn"],
    Message=json.dumps({"orderId": 123, "amount": 50000}),
    MessageAttributes=attributes,
)
print(published["MessageId"])
