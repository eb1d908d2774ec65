package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Queue;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client that may die at any moment: a child JVM with the class path of this one, ended by SIGKILL; or, where the
 * broker lives in this JVM, a client that the broker treats as such. It does what it is told and says what it does, see
 * {@link ScriptedClient}. Thread-safe; commands come from one thread.
 */
final class Mortal implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);

    private final Tck tck;
    private final String id;
    private final IdempotencyStore store;
    private final List<ClientScript> lines = new CopyOnWriteArrayList<>();
    private final @Nullable ForkedJvm process;
    private final @Nullable ScriptedClient local;
    private final @Nullable Consumer<String> crash;
    /** Held while it dies: a handler of this JVM that is not heard any more cannot ack either. */
    private final Lock dying = new ReentrantLock();

    private volatile boolean dead;
    private volatile Traffic.@Nullable Remote remote;
    private volatile String lastWord = "";
    private volatile int lastCount;

    private Mortal(Tck tck, String id, IdempotencyStore store, String uri, @Nullable Consumer<String> crash) {
        this.tck = tck;
        this.id = id;
        this.store = store;
        this.crash = crash;
        if (crash != null) {
            process = null;
            local = new ScriptedClient(uri, id, new OfTheLiving(), this::kill, this::heard, this::told);
        } else {
            local = null;
            process = ForkedJvm.builder(ForkedClient.class)
                    .arguments(uri, id)
                    .onLine(line -> heard(line))
                    .start();
            process.awaitLine("connected", START);
        }
    }

    /** A client in a process of its own. */
    static Mortal fork(Tck tck, String id, IdempotencyStore store, String uri) {
        return new Mortal(tck, id, store, uri, null);
    }

    /** A client of this process, and how it is killed. */
    static Mortal within(Tck tck, String id, IdempotencyStore store, String uri, Consumer<String> crash) {
        return new Mortal(tck, id, store, uri, crash);
    }

    /** A store for cases that ask for none. */
    static IdempotencyStore noStore() {
        return new InMemoryIdempotencyStore();
    }

    private void heard(String line) {
        if (line.matches("[a-z]+( [a-z]+=\\S*)*")) {
            heard(ClientScript.parse(line));
        }
    }

    private void heard(ClientScript line) {
        if (line.verb().equals(StoreByLines.QUESTION)) {
            answer(line);
            return;
        }
        if (line.values().containsKey("number")) {
            reply(told(line));
            return;
        }
        lines.add(line);
        if (line.verb().equals("called") || line.verb().equals("asked")) {
            tck.called(id + " " + line);
        } else {
            tck.history().add(id + " " + line);
        }
        if (line.verb().equals(lastWord) && !dead && count(lastWord) >= lastCount) {
            if (process == null) {
                kill();
            } else {
                // This thread reads what is left of its words.
                process.end();
            }
        }
    }

    /** Has it die at once when it has said a word so often. */
    void dieAfter(String verb, int count) {
        lastCount = count;
        lastWord = verb;
    }

    // A case that writes a history; the client goes on when that is done.
    private ClientScript told(ClientScript line) {
        lines.add(line);
        Traffic.Remote listening = remote;
        dying.lock();
        try {
            if (listening != null && !dead) {
                listening.told(line);
            }
        } finally {
            dying.unlock();
        }
        return ClientScript.of(StoreByLines.ANSWER).with("number", line.text("number", "0"));
    }

    // The store may kill the one who asks, and then there is nobody to answer.
    private void answer(ClientScript question) {
        reply(StoreByLines.answer(question, store));
    }

    private void reply(ClientScript answer) {
        ForkedJvm asking = process;
        if (asking != null && !dead) {
            asking.send(answer.toString());
        }
    }

    String id() {
        return id;
    }

    /** Does a command; a child begins to. */
    void command(ClientScript command) {
        tck.history().add(id + " is told: " + command);
        if (process != null) {
            process.send(command.toString());
        } else if (local != null) {
            local.command(command);
        }
    }

    /** Subscribes and waits until the subscription stands. */
    void subscribe(Queue<String> queue, ScriptedClient.Does does, ClientScript options) {
        subscribe("subscribe", queue, does, options);
    }

    /** Consumes from a queue, returning at once, as a part of judged traffic. */
    void consume(Traffic traffic, Queue<String> queue, ClientScript options) {
        remote = traffic.remote(queue, id);
        subscribe(queue, ScriptedClient.Does.ACK, options.with("told", true));
    }

    /** Answers requests from a queue, or never does. */
    void reply(Queue<String> queue, ScriptedClient.Does does) {
        subscribe("reply", queue, does, ClientScript.of(""));
    }

    private void subscribe(String verb, Queue<String> queue, ScriptedClient.Does does, ClientScript options) {
        int before = count("subscribed");
        ClientScript command = new ClientScript(verb, options.values())
                .with("queue", queue.name())
                .with("ordered", queue.shape().ordered())
                .with("does", does);
        command(command);
        // A message may kill it before it can say so.
        tck.until(id + " is subscribed", () -> count("subscribed") > before || !alive());
    }

    /** Lines said so far of one verb. */
    List<ClientScript> said(String verb) {
        return lines.stream().filter(line -> line.verb().equals(verb)).toList();
    }

    int count(String verb) {
        return said(verb).size();
    }

    /** Ids of the messages that lines of one verb name, in their order. */
    List<String> ids(String verb) {
        return said(verb).stream().map(line -> line.text("id")).toList();
    }

    /** Waits until so many lines of a verb were said. */
    void await(String verb, int count) {
        tck.until(id + " has said '" + verb + "' " + count + " times", () -> count(verb) >= count);
    }

    /** Whether its process still runs. */
    boolean alive() {
        return process == null ? !dead : process.alive();
    }

    /** Ends it as SIGKILL does. */
    void kill() {
        dying.lock();
        try {
            Traffic.Remote judged = remote;
            if (judged != null) {
                judged.dies();
            }
            dead = true;
            tck.history().add(id + " is killed");
            if (process != null) {
                process.kill();
                assertThat(process.alive()).as(id + " lives").isFalse();
            } else if (crash != null) {
                crash.accept(id);
            }
        } finally {
            dying.unlock();
        }
    }

    /** Freezes its process, as SIGSTOP does. */
    void suspend() {
        child().suspend();
    }

    /** Lets a frozen process go on. */
    void resume() {
        child().resume();
    }

    private ForkedJvm child() {
        if (process == null) {
            throw new UnsupportedOperationException(id + " is no process of its own");
        }
        return process;
    }

    /** Of a dead client nothing reaches the store, though it lives on in this JVM. */
    private final class OfTheLiving implements IdempotencyStore {

        private IdempotencyStore alive() {
            if (dead) {
                throw new IllegalStateException(id + " is dead");
            }
            return store;
        }

        @Override
        public Claim begin(String key, String owner, Duration lease) {
            return alive().begin(key, owner, lease);
        }

        @Override
        public boolean renew(String key, String token, Duration lease) {
            return alive().renew(key, token, lease);
        }

        @Override
        public boolean complete(String key, String token, Duration retention) {
            return alive().complete(key, token, retention);
        }

        @Override
        public boolean abandon(String key, String token) {
            return alive().abandon(key, token);
        }
    }

    @Override
    public void close() {
        dead = true;
        if (process != null) {
            process.close();
        }
        if (local != null) {
            local.close();
        }
    }
}
