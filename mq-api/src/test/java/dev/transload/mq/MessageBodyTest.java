package dev.transload.mq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MessageBodyTest {

    private final AtomicInteger made = new AtomicInteger();

    private Message late() {
        return Message.lateBuilder("a", this::make).build();
    }

    private byte[] make() {
        made.incrementAndGet();
        return new byte[] {1, 2, 3};
    }

    @Test
    void aBodyIsMadeWhenItIsAskedForAndOnce() {
        Message message = late();
        assertThat(made).hasValue(0);

        byte[] body = message.body();

        assertThat(body).containsExactly(1, 2, 3);
        assertThat(message.body()).isSameAs(body);
        assertThat(made).hasValue(1);
    }

    @Test
    void copiesOfAMessageShareTheBody() {
        Message message = late();
        Message copy = message.toBuilder().header("h", "v").build();

        assertThat(copy.body()).isSameAs(message.body());
        assertThat(made).hasValue(1);
    }

    @Test
    void aCopyOfTheBodyIsTheCallersOwn() {
        for (Message message :
                List.of(late(), Message.builder("b", new byte[] {1, 2, 3}).build())) {
            message.copyBody()[0] = 9;
            byte[] body = message.body();
            message.copyBody()[0] = 9;

            assertThat(message.copyBody()).containsExactly(1, 2, 3);
            assertThat(message.body()).isSameAs(body).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aPayloadOfBytesIsMadeWithoutASharedBody() {
        Message message = late();
        Codec<byte[]> codec = Codec.of(byte[].class);

        byte[] payload = codec.decode(message);
        payload[0] = 9;

        assertThat(made).hasValue(1);
        assertThat(message.body()).containsExactly(1, 2, 3);
        assertThat(codec.decode(message)).isNotSameAs(message.body());
    }

    @Test
    void otherPayloadsAreDecodedFromTheSharedBody() {
        Message message = late();

        assertThat(Codec.of(String.class).decode(message)).isEqualTo("\u0001\u0002\u0003");
        assertThat(message.body()).containsExactly(1, 2, 3);
        assertThat(made).hasValue(1);
    }

    @Test
    void whatTheBodyWasMadeOfIsLetGo() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<byte[]> source = () -> new byte[] {(byte) asked.incrementAndGet()};
        Message message = Message.lateBuilder("a", source).build();

        assertThat(message.body()).containsExactly(1);
        assertThat(message.copyBody()).containsExactly(1);
        assertThat(asked).hasValue(1);
    }

    @Test
    void twoWhoAskAtTheSameTimeGetTheSameArray() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Message message = Message.lateBuilder("a", () -> {
                    try {
                        both.await();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                    return make();
                })
                .build();

        List<CompletableFuture<byte[]>> asked = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            asked.add(answer);
            new Thread(() -> answer.complete(message.body()), "asks-" + i).start();
        }

        byte[] body = asked.get(0).get(10, TimeUnit.SECONDS);
        assertThat(asked.get(1).get(10, TimeUnit.SECONDS)).isSameAs(body);
        assertThat(message.body()).isSameAs(body);
    }
}
