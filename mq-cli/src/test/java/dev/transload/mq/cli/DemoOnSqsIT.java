package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import org.junit.jupiter.api.Test;

/** The demonstration on SQS, with SNS for topics, tells what it tells in memory. */
class DemoOnSqsIT {

    @Test
    void theStoriesAreTheSame() {
        SqsBroker broker = SqsBroker.shared(SqsVersion.LOCALSTACK);
        String uri = "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + broker.host() + ":"
                + broker.port() + "?region=" + SqsBroker.REGION + "&maxMessageBytes=262144";

        CliRun run = CliRun.of("demo", "--uri", uri);

        assertThat(run.story()).containsExactlyElementsOf(DemoTest.expectedStory());
        assertThat(run.out()).contains("SQS");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }
}
