# Makes a queue that gets what is published to an SNS topic, in envelopes: without raw delivery, as SNS does by itself.
# usage: python subscribe.py TOPIC QUEUE
import json
import sys

import boto3

topic, queue = sys.argv[1:]
sns, sqs = boto3.client("sns"), boto3.client("sqs")
arn = sns.create_topic(Name=topic)["TopicArn"]
url = sqs.create_queue(QueueName=queue)["QueueUrl"]
queue_arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": arn}},
        }
    ],
}
sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue_arn)
