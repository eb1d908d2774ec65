package dev.transload.mq.sqs;

/** The resource policy of a group's queue: its SNS topic may send to it, and nobody else by it. Pure. */
final class QueuePolicy {

    private QueuePolicy() {}

    static String allow(String queueArn, String topicArn) {
        StringBuilder json = new StringBuilder("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Sid\":\"mq\",")
                .append("\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},")
                .append("\"Action\":\"sqs:SendMessage\",\"Resource\":");
        WireText.quote(json, queueArn);
        json.append(",\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":");
        WireText.quote(json, topicArn);
        return json.append("}}}]}").toString();
    }
}
