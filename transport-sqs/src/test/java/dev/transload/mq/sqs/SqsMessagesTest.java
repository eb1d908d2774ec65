package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

class SqsMessagesTest {

    private static final String SENT = "1700000000123";
    private static final String MADE_AT_1645557742000 = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    @Test
    void textIsTheBodyItself() {
        SqsMessages.Wire wire = SqsMessages.write(message("{\"a\":1}").build(), false, null, null);

        assertThat(wire.body()).isEqualTo("{\"a\":1}");
        assertThat(wire.attributes()).containsOnly(Map.entry(Annotations.ID, "m1"));
    }

    @Test
    void everyPayloadComesBack() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        for (byte[] body : new byte[][] {{}, {0}, all, "empty".getBytes(StandardCharsets.UTF_8), {'\r', '\n'}}) {
            Message back = roundTrip(Message.builder("m1", body).build(), false);
            assertThat(back.body()).isEqualTo(body);
            assertThat(back.annotations()).isEmpty();
        }
    }

    @Test
    void everythingOnTheEnvelopeComesBack() {
        Message.Builder builder = message("x")
                .key("k\u0000")
                .type("t")
                .contentType("text/plain")
                .timestamp(1234)
                .correlationId("c")
                .replyTo("r")
                .priority(3)
                .ttl(99)
                .annotation("mq-attempt", "2");
        for (int i = 0; i < 100; i++) {
            builder.header("h" + i, i % 3 == 0 ? "" : "v\n" + i);
        }
        builder.header("not a name", "\u0000\uD83D\uDE00")
                .header("AWS.reserved", "v")
                .header("a..b", "v");
        Message sent = builder.build();
        Message back = roundTrip(sent, false);

        assertThat(back.headers()).isEqualTo(sent.headers());
        assertThat(back.annotations()).isEqualTo(sent.annotations());
        assertThat(back.key()).isEqualTo(sent.key());
        assertThat(back.type()).isEqualTo("t");
        assertThat(back.contentType()).isEqualTo("text/plain");
        assertThat(back.timestamp()).isEqualTo(1234);
        assertThat(back.correlationId()).isEqualTo("c");
        assertThat(back.replyTo()).isEqualTo("r");
        assertThat(back.priority()).isEqualTo(3);
        assertThat(back.ttl()).isEqualTo(99);
    }

    @Test
    void oneOfTheTenAttributesIsAlwaysLeft() {
        Message.Builder builder =
                message("x").type("t").contentType("c").timestamp(1).correlationId("c");
        for (int i = 0; i < 100; i++) {
            builder.header("h" + i, "v");
        }
        assertThat(SqsMessages.write(builder.build(), false, "topic", null).attributes())
                .hasSizeLessThanOrEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "A-b_9", "x.y.z", "awsome", "amazon-id"})
    void aHeaderWithANameThatTheServicesTakeHasAnAttributeOfItsOwn(String name) {
        assertThat(attributesWith(name)).containsEntry(name, "v").doesNotContainKey(SqsMessages.MORE);
    }

    @ParameterizedTest
    @ValueSource(strings = {".a", "a.", "a..b", "a b", "naïve", "AWS.x", "amazon.x", "mq-more"})
    void aHeaderWithAnotherNameIsWrittenAmongTheRest(String name) {
        assertThat(attributesWith(name).get(SqsMessages.MORE)).contains("\"" + name + "\":\"v\"");
    }

    private static Map<String, String> attributesWith(String header) {
        return SqsMessages.write(message("x").header(header, "v").build(), false, null, null)
                .attributes();
    }

    @Test
    void traceContextHasAnAttributeOfItsOwn() {
        Message.Builder builder = message("x").type("t").contentType("c");
        for (int i = 0; i < 20; i++) {
            builder.header("h" + i, "v");
        }
        builder.header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assertThat(SqsMessages.write(builder.build(), false, null, null).attributes())
                .containsKey("traceparent");
    }

    @Test
    void theKeyIsTheMessageGroupWhereThatCanBe() {
        SqsMessages.Wire wire = SqsMessages.write(message("x").key("order-1").build(), true, null, null);

        assertThat(wire.groupId()).isEqualTo("order-1");
        assertThat(wire.attributes()).doesNotContainKey(Annotations.KEY);
    }

    @Test
    void keysThatNoMessageGroupCanHaveComeBack() {
        for (String key : new String[] {"", "with blank", "ä", "k".repeat(129), "mq-none-x", "mq-key-x", "\u0000"}) {
            SqsMessages.Wire wire = SqsMessages.write(message("x").key(key).build(), true, null, null);
            assertThat(wire.groupId()).matches("[!-~]{1,128}");
            assertThat(roundTrip(message("x").key(key).build(), true).key()).isEqualTo(key);
        }
    }

    @Test
    void messagesWithoutAKeyWaitForNoOther() {
        Message one = Message.builder("m1", new byte[0]).build();
        Message two = Message.builder("m2", new byte[0]).build();

        assertThat(SqsMessages.write(one, true, null, null).groupId())
                .isNotEqualTo(SqsMessages.write(two, true, null, null).groupId());
        assertThat(roundTrip(one, true).key()).isNull();
    }

    @Test
    void aSecondSendIsTheSameMessageAndARedriveIsNot() {
        Message first = message("x").build();
        Message again = first.toBuilder().build();
        Message redriven =
                first.toBuilder().annotation(Annotations.REDRIVES, "1").build();
        String id = SqsMessages.write(first, true, null, null).deduplicationId();

        assertThat(id).isEqualTo("m1");
        assertThat(SqsMessages.write(again, true, null, null).deduplicationId()).isEqualTo(id);
        assertThat(SqsMessages.write(redriven, true, null, null).deduplicationId())
                .isNotEqualTo(id);
    }

    @Test
    void sizeCountsBodyAndNamesTypesAndValuesOfAttributes() {
        Message message = Message.builder("ä", "ä\uD83D\uDE00".getBytes(StandardCharsets.UTF_8))
                .header("name", "välue")
                .build();

        SqsMessages.Wire wire = SqsMessages.write(message, false, null, null);

        assertThat(wire.size()).isEqualTo(6 + ("mq-id".length() + "String".length() + 2) + (4 + "String".length() + 6));
    }

    @Test
    void aBodyInBase64CountsAsTheTextItIs() {
        SqsMessages.Wire wire =
                SqsMessages.write(Message.builder("i", new byte[] {0, 1, 2, 3}).build(), false, null, null);

        assertThat(wire.body()).hasSize(8);
        assertThat(wire.size())
                .isEqualTo(8
                        + ("mq-id".length() + "String".length() + 1)
                        + ("mq-body".length() + "String".length() + "base64".length()));
    }

    @Test
    void aForeignMessageHasTheServicesIdAndTime() {
        Map<String, MessageAttributeValue> attributes = new HashMap<>();
        attributes.put(
                "number",
                MessageAttributeValue.builder()
                        .dataType("Number")
                        .stringValue("7")
                        .build());
        attributes.put(
                "bytes",
                MessageAttributeValue.builder()
                        .dataType("Binary")
                        .binaryValue(SdkBytes.fromUtf8String("b"))
                        .build());
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("aws-id")
                        .body("hello")
                        .messageAttributes(attributes)
                        .attributes(Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, SENT))
                        .build(),
                false);

        assertThat(read.id()).isEqualTo("aws-id");
        assertThat(read.timestamp()).isEqualTo(Long.parseLong(SENT));
        assertThat(read.headers()).containsOnly(Map.entry("number", "7"), Map.entry("bytes", "b"));
        assertThat(new String(read.body(), StandardCharsets.UTF_8)).isEqualTo("hello");
    }

    @Test
    void theTimeIsNotWrittenWhereTheIdSaysIt() {
        Message sent = Message.builder(MADE_AT_1645557742000, new byte[] {'x'})
                .timestamp(1645557742000L)
                .build();

        assertThat(SqsMessages.write(sent, false, null, null).attributes()).containsOnlyKeys(Annotations.ID);
        assertThat(roundTrip(sent, false).timestamp()).isEqualTo(1645557742000L);
    }

    @Test
    void anotherTimeThanTheIdSaysIsWritten() {
        Message sent = Message.builder(MADE_AT_1645557742000, new byte[] {'x'})
                .timestamp(1645557742001L)
                .build();

        assertThat(roundTrip(sent, false).timestamp()).isEqualTo(1645557742001L);
    }

    @Test
    void theServicesOwnIdIsNotAskedForTheTime() {
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId(MADE_AT_1645557742000)
                        .body("hello")
                        .attributes(Map.of(MessageSystemAttributeName.SENT_TIMESTAMP, SENT))
                        .build(),
                false);

        assertThat(read.timestamp()).isEqualTo(Long.parseLong(SENT));
    }

    @Test
    void nonsenseOnAnEnvelopeIsIgnored() {
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("id")
                        .body("not base64!")
                        .messageAttributes(Map.of(
                                "mq-body", text("base64"),
                                "mq-ttl", text("soon"),
                                "mq-more", text("{"),
                                "mq-priority", text("99999999999")))
                        .build(),
                false);

        assertThat(new String(read.body(), StandardCharsets.UTF_8)).isEqualTo("not base64!");
        assertThat(read.ttl()).isZero();
        assertThat(read.priority()).isEqualTo(Message.NO_PRIORITY);
    }

    @Test
    void aDamagedBodyIsTheTextThatCame() {
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("id")
                        .body("AAE")
                        .messageAttributes(Map.of("mq-id", text("m1"), "mq-body", text("base64")))
                        .build(),
                false);
        Message damaged = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("id")
                        .body("AAE=A")
                        .messageAttributes(Map.of("mq-id", text("m1"), "mq-body", text("base64")))
                        .build(),
                false);

        assertThat(read.copyBody()).containsExactly(0, 1);
        assertThat(damaged.id()).isEqualTo("m1");
        assertThat(new String(damaged.copyBody(), StandardCharsets.UTF_8)).isEqualTo("AAE=A");
        assertThat(damaged.body()).isEqualTo(damaged.copyBody());
    }

    @Test
    void anEnvelopeOfSnsIsOpened() {
        String body = "{\"Type\" : \"Notification\", \"MessageId\" : \"sns-id\", \"TopicArn\" : \"arn:aws:sns:r:1:t\","
                + " \"Message\" : \"he said \\\"hi\\\"\", \"Timestamp\" : \"2026-01-01T00:00:00.000Z\","
                + " \"MessageAttributes\" : {\"colour\" : {\"Type\":\"String\",\"Value\":\"red\"}}}";
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("sqs-id")
                        .body(body)
                        .build(),
                false);

        assertThat(read.id()).isEqualTo("sns-id");
        assertThat(new String(read.body(), StandardCharsets.UTF_8)).isEqualTo("he said \"hi\"");
        assertThat(read.headers()).containsOnly(Map.entry("colour", "red"));
    }

    @Test
    void aMessageOfOursIsNoEnvelopeWhateverItsBody() {
        String body = "{\"Type\":\"Notification\",\"MessageId\":\"x\",\"TopicArn\":\"y\",\"Message\":\"z\"}";

        assertThat(new String(roundTrip(message(body).build(), false).body(), StandardCharsets.UTF_8))
                .isEqualTo(body);
    }

    @Test
    void whoseAMessageIsIsItsGroupInAStandardQueueAndNotItsKey() {
        Message sent = message("x").header("tenant", "blue").build();

        assertThat(SqsMessages.write(sent, false, null, "tenant").groupId()).isEqualTo("blue");
        assertThat(roundTrip(sent, false, "tenant").key()).isNull();
        assertThat(roundTrip(sent, false, "tenant").headers()).containsOnly(Map.entry("tenant", "blue"));
    }

    @Test
    void aKeyStaysAKeyWhereTheGroupTellsWhoseAMessageIs() {
        Message sent = message("x").key("order-1").header("tenant", "blue").build();

        assertThat(roundTrip(sent, false, "tenant").key()).isEqualTo("order-1");
        assertThat(SqsMessages.write(sent, true, null, "tenant").groupId()).isEqualTo("order-1");
    }

    @Test
    void aTenantThatNoGroupCanBeIsHashed() {
        Message sent = message("x").header("tenant", "Müller & Söhne").build();

        assertThat(SqsMessages.write(sent, false, null, "tenant").groupId()).matches("mq-key-[0-9a-f]{40}");
    }

    @Test
    void aMessageOfNobodyIsInNoGroup() {
        assertThat(SqsMessages.write(message("x").build(), false, null, "tenant")
                        .groupId())
                .isEmpty();
    }

    @Test
    void theGroupOfAForeignMessageInAStandardQueueIsNoKey() {
        Message read = SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("id")
                        .body("x")
                        .attributes(Map.of(MessageSystemAttributeName.MESSAGE_GROUP_ID, "blue"))
                        .build(),
                false);

        assertThat(read.key()).isNull();
    }

    private static Message.Builder message(String body) {
        return Message.builder("m1", body.getBytes(StandardCharsets.UTF_8));
    }

    private static MessageAttributeValue text(String value) {
        return MessageAttributeValue.builder()
                .dataType("String")
                .stringValue(value)
                .build();
    }

    private static Message roundTrip(Message message, boolean ordered) {
        return roundTrip(message, ordered, null);
    }

    @Test
    void theTopicIsReadOfAnAttributeAndOfWhatIsPackedIntoOne() {
        var plain = software.amazon.awssdk.services.sqs.model.Message.builder()
                .messageAttributes(Map.of("mq-topic", text("news.sport")));
        var packed = software.amazon.awssdk.services.sqs.model.Message.builder()
                .messageAttributes(Map.of("mq-more", text("{\"mq-topic\":\"news.art\"}")));

        assertThat(SqsMessages.topic(plain.build())).isEqualTo("news.sport");
        assertThat(SqsMessages.topic(packed.build())).isEqualTo("news.art");
        assertThat(SqsMessages.topic(plain.messageAttributes(Map.of()).build())).isNull();
    }

    private static Message roundTrip(Message message, boolean ordered, @Nullable String fairBy) {
        SqsMessages.Wire wire = SqsMessages.write(message, ordered, null, fairBy);
        assertThat(WireText.isLegal(wire.body())).isTrue();
        Map<String, MessageAttributeValue> attributes = new HashMap<>();
        wire.attributes().forEach((name, value) -> {
            assertThat(WireText.isLegal(value)).as(name).isTrue();
            attributes.put(name, text(value));
        });
        Map<MessageSystemAttributeName, String> system = new HashMap<>();
        system.put(MessageSystemAttributeName.SENT_TIMESTAMP, SENT);
        if (!wire.groupId().isEmpty()) {
            system.put(MessageSystemAttributeName.MESSAGE_GROUP_ID, wire.groupId());
        }
        return SqsMessages.read(
                software.amazon.awssdk.services.sqs.model.Message.builder()
                        .messageId("aws-id")
                        .body(wire.body())
                        .messageAttributes(attributes)
                        .attributes(system)
                        .build(),
                ordered);
    }
}
