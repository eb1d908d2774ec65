package dev.transload.mq.examples;

import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;

/** The examples on LocalStack, which has what they need of SQS and SNS. */
class ExamplesOnSqsIT extends ExamplePrograms {

    @Override
    String uri() {
        SqsBroker broker = SqsBroker.shared(SqsVersion.LOCALSTACK);
        return "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + broker.host() + ":" + broker.port()
                + "?region=" + SqsBroker.REGION + "&maxMessageBytes=262144";
    }
}
