package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.transload.mq.spi.TransportUri;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

class SqsOptionsTest {

    @Test
    void aRegionMayBeTheHost() {
        SqsOptions options = of("sqs://eu-central-1");

        assertThat(options.region()).contains("eu-central-1");
        assertThat(options.endpoint()).isEmpty();
    }

    @Test
    void nothingButTheSchemeIsTheEnvironmentsOwn() {
        SqsOptions options = of("sqs:");

        assertThat(options.region()).isEmpty();
        assertThat(options.endpoint()).isEmpty();
        assertThat(options.accessKey()).isEmpty();
    }

    @Test
    void aHostIsAnEndpoint() {
        assertThat(of("sqs://key:secret@localhost?region=us-east-1").endpoint())
                .contains(URI.create("http://localhost:4566"));
        assertThat(of("sqs://localhost:9324").endpoint()).contains(URI.create("http://localhost:9324"));
        assertThat(of("sqs://sqs.example.com?tls=true").endpoint()).contains(URI.create("https://sqs.example.com:443"));
    }

    @Test
    void attributesOfQueuesArePassedOn() {
        assertThat(of("sqs:?queue.KmsMasterKeyId=alias/mine").queueAttributes())
                .containsEntry(QueueAttributeName.KMS_MASTER_KEY_ID, "alias/mine");
    }

    @ParameterizedTest
    @CsvSource({
        "sqs://eu-central-1?region=eu-west-1,twice",
        "sqs:?region=nowhere,region",
        "sqs:?tls=true,tls",
        "sqs://a:4566/path,path",
        "'sqs://a:1,b:2',one host",
        "sqs:?prefix=a.b,prefix",
        "sqs:?topics=maybe,topics",
        "sqs:?queue.Nonsense=1,queue.Nonsense",
        "sqs:?queue.RedrivePolicy=1,queue.RedrivePolicy",
        "sqs:?sessionToken=x,sessionToken",
        "sqs://k:s@localhost?profile=p,profile",
        "sqs:?longestPoll=30s,longestPoll",
        "sqs:?visibility=1s,visibility",
        "sqs:?privateTimeout=1s,privateTimeout",
        "sqs:?fairBy=mq-key,fairBy",
        "sqs:?trustStorePassword=x,trustStore",
        "sqs://localhost?trustStore=/nowhere,tls",
        "sqs://localhost?tls=true&trustStore=/nowhere,trustStore",
        "sqs:?maxMessageBytes=1,maxMessageBytes",
        "sqs://k@localhost,secret"
    })
    void whatIsWrongIsNamed(String uri, String named) {
        assertThatIllegalArgumentException().isThrownBy(() -> of(uri)).withMessageContaining(named);
    }

    @Test
    void itsTextShowsNoSecret() {
        String text = of("sqs://key:s3cret@localhost?sessionToken=t0ken").toString();

        assertThat(text).doesNotContain("s3cret").doesNotContain("t0ken");
    }

    private static SqsOptions of(String uri) {
        return SqsOptions.of(TransportUri.parse(uri));
    }
}
