package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;

/** Who writes a call: who makes it, if nothing else is under way, or else the commander's thread. */
@Timeout(60)
class CommanderTurnTest {

    private static final int CALLERS = 4;
    private static final int CALLS = 2_000;

    private EchoServer server;
    private Commander commander;

    @BeforeEach
    void connect() throws IOException {
        server = new EchoServer();
        commander = new Commander(
                server::connect,
                "server",
                Duration.ofSeconds(1),
                RedisOptions.of(TransportUri.parse("redis:")).confirmation(),
                null,
                "commander");
        commander.start().join();
    }

    @AfterEach
    void disconnect() {
        commander.close();
        server.close();
    }

    private static RedisCall echo(int number, RedisCall.Answer answer) {
        return RedisCall.of(Command.ECHO, answer, Bytes.of(number));
    }

    private static List<CompletableFuture<Object>> answers() {
        List<CompletableFuture<Object>> all = new ArrayList<>();
        for (int i = 0; i < CALLERS * CALLS; i++) {
            all.add(new CompletableFuture<>());
        }
        return all;
    }

    private static List<Thread> callers(IntConsumer calls) {
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            Thread thread = new Thread(() -> calls.accept(caller), "caller-" + i);
            thread.start();
            all.add(thread);
        }
        return all;
    }

    @Test
    void everyCallOfManyThreadsGetsItsOwnAnswerThoughSomeWaitForEachAndSomeForNone() throws InterruptedException {
        List<CompletableFuture<Object>> answers = answers();

        List<Thread> callers = callers(caller -> {
            for (int i = caller; i < answers.size(); i += CALLERS) {
                CompletableFuture<Object> answer = answers.get(i);
                RedisCall call = echo(i, RedisCall.Answer.of(answer::complete, answer::completeExceptionally));
                if (caller % 2 == 0) {
                    commander.submit(call.awaited());
                    answer.join();
                } else {
                    commander.submit(call);
                }
            }
        });
        for (Thread caller : callers) {
            caller.join();
        }

        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(Bytes.of(i));
        }
    }

    @Test
    void everyCallEndsOnceThoughTheCommanderEndsInTheMiddle() throws InterruptedException {
        List<CompletableFuture<Object>> ends = answers();
        AtomicInteger endedTwice = new AtomicInteger();
        CompletableFuture<Void> halfway = new CompletableFuture<>();

        List<Thread> callers = callers(caller -> {
            for (int i = caller; i < ends.size(); i += CALLERS) {
                CompletableFuture<Object> end = ends.get(i);
                Runnable ended = () -> endedTwice.addAndGet(end.complete(true) ? 0 : 1);
                RedisCall call = echo(i, RedisCall.Answer.of(answer -> ended.run(), cause -> ended.run()));
                if (caller % 2 == 0) {
                    commander.submit(call.awaited());
                    end.join();
                } else {
                    commander.submit(call);
                }
                if (i == ends.size() / 2) {
                    halfway.complete(null);
                }
            }
        });
        halfway.join();
        commander.close();
        for (Thread caller : callers) {
            caller.join();
        }

        for (CompletableFuture<Object> end : ends) {
            assertThat(end.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(true);
        }
        assertThat(endedTwice).hasValue(0);
    }

    private Thread tells(boolean awaited) {
        CompletableFuture<Thread> told = new CompletableFuture<>();
        RedisCall call = echo(
                1, RedisCall.Answer.of(answer -> told.complete(Thread.currentThread()), told::completeExceptionally));
        commander.submit(awaited ? call.awaited() : call);
        return told.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Test
    void whoWaitsForAnAnswerReadsItAndNobodyElseDoes() {
        Thread test = Thread.currentThread();

        // A first one may find that the commander's thread has the turn.
        await("the caller hears it itself").pollInSameThread().until(() -> tells(true) == test);
        assertThat(tells(false)).isNotEqualTo(test);
    }

    @Test
    void anAnswerThatTakesLongIsLeftToTheCommandersThread() {
        Thread test = Thread.currentThread();
        await("the caller hears it itself").pollInSameThread().until(() -> tells(true) == test);

        server.answerAfter(Duration.ofMillis(100));
        assertThat(tells(true)).isNotEqualTo(test);
    }

    @Test
    void whatIsAskedWhileACallerHasTheTurnIsAskedAfterwards() {
        Thread test = Thread.currentThread();
        CompletableFuture<Object> other = new CompletableFuture<>();

        await("one is written by who makes it").pollInSameThread().until(() -> {
            CompletableFuture<Thread> told = new CompletableFuture<>();
            commander.submit(
                    new RedisCall(Script.ACK) {
                        @Override
                        ProtocolCommand command() {
                            if (Thread.currentThread() == test) {
                                commander.submit(
                                        echo(2, RedisCall.Answer.of(other::complete, other::completeExceptionally)));
                            }
                            return Command.PING;
                        }

                        @Override
                        Answer answer() {
                            return Answer.of(
                                    answer -> told.complete(Thread.currentThread()), told::completeExceptionally);
                        }
                    }.awaited());
            return told.orTimeout(20, TimeUnit.SECONDS).join() == test;
        });
        assertThat(other.orTimeout(500, TimeUnit.MILLISECONDS).join()).isEqualTo(Bytes.of(2));
    }

    @Test
    void aCallThatIsBeingWrittenWhileTheCommanderEndsIsToldSo() {
        Thread test = Thread.currentThread();
        AtomicReference<RuntimeException> told = new AtomicReference<>();

        // The first ones may find that the commander's thread has the turn.
        await("one is written by who makes it").pollInSameThread().until(() -> {
            commander.submit(new RedisCall(Script.ACK) {
                @Override
                ProtocolCommand command() {
                    if (Thread.currentThread() == test) {
                        commander.close();
                        commander.stop().join();
                    }
                    return Command.ECHO;
                }

                @Override
                Answer answer() {
                    return Answer.of(answer -> {}, told::set);
                }
            });
            return !commander.isUp();
        });

        assertThat(told.get()).isInstanceOf(ConnectionLostException.class);
    }
}
