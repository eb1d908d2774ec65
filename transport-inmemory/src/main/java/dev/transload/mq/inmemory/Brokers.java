package dev.transload.mq.inmemory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

/** The brokers of this JVM, by what follows the scheme in their URI. Thread-safe. */
final class Brokers {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");
    private static final int MAX_NAME = 64;
    private static final Duration BOUND = Duration.ofSeconds(30);

    private static final Lock LOCK = new ReentrantLock();
    private static final Map<String, Broker> BROKERS = new HashMap<>();
    private static final AtomicLong CREATED = new AtomicLong();

    private Brokers() {}

    /** A name that no URI written by hand has. */
    static String newName() {
        return "~" + CREATED.incrementAndGet();
    }

    static void add(Broker broker) {
        LOCK.lock();
        try {
            BROKERS.put(broker.name, broker);
        } finally {
            LOCK.unlock();
        }
    }

    static void remove(Broker broker) {
        LOCK.lock();
        try {
            BROKERS.remove(broker.name, broker);
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * The broker of that name; made if its name is not one of an {@link InMemoryBroker}.
     *
     * @throws IllegalArgumentException if the name is wrong, the broker was closed, or it runs with another profile
     */
    static Broker get(String name, Optional<Profile> profile) {
        LOCK.lock();
        try {
            Broker broker = BROKERS.get(name);
            if (broker == null) {
                broker = make(name, profile.orElse(Profile.NONE));
                BROKERS.put(name, broker);
            } else if (profile.isPresent() && profile.get() != broker.profile) {
                throw new IllegalArgumentException("the broker inmemory:" + name + " runs with profile "
                        + broker.profile.text() + ", not " + profile.get().text()
                        + "; give another name for another broker, such as inmemory:other");
            }
            return broker;
        } finally {
            LOCK.unlock();
        }
    }

    private static Broker make(String name, Profile profile) {
        if (name.startsWith("~")) {
            throw new IllegalArgumentException(
                    "there is no broker inmemory:" + name + "; it was closed, or belongs to another JVM");
        }
        if (!name.isEmpty() && (name.length() > MAX_NAME || !NAME.matcher(name).matches())) {
            throw new IllegalArgumentException("a broker is named by at most " + MAX_NAME
                    + " lower-case letters and digits in segments joined by '.' or '-', such as inmemory:orders");
        }
        String thread = name.isEmpty() ? "mq-inmemory-timer" : "mq-inmemory-" + name + "-timer";
        return new Broker(name, true, profile, new RealTime(thread, BOUND), null);
    }
}
