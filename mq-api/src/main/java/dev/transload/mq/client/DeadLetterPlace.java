package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dead letters of one queue or group, on any transport. Thread-safe. */
final class DeadLetterPlace implements DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterPlace.class);

    /** Redriven ids that are remembered, to notice one that failed again meanwhile. */
    private static final int MOST_REMEMBERED = 100_000;

    private static final int SENDS_AT_ONCE = 64;
    private static final int MOST_PEEKED = 10_000;

    private final EngineContext engine;
    private final Place letters;
    private final Place home;

    /**
     * @param home the queue or the group that the letters go back to
     */
    DeadLetterPlace(EngineContext engine, Place deadLetters, Place home) {
        this.engine = engine;
        this.letters = deadLetters;
        this.home = home;
    }

    @Override
    public String name() {
        return letters.name();
    }

    @Override
    public long count() {
        return Waits.join("count " + name(), engine.transport().admin().depth(letters))
                .orElse(0);
    }

    @Override
    public List<DeadLetter> browse(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1, was " + max);
        }
        long depth = count();
        if (depth == 0) {
            return List.of();
        }
        Fold found = new Fold(max);
        if (peeks()) {
            peek(max, found);
            return found.letters;
        }
        try (LetterScan scan = LetterScan.openToShow(engine, letters, depth)) {
            LetterScan.Letter next = scan.next();
            while (next != null) {
                scan.keep(next);
                next = found.add(letter(next)) ? scan.next() : null;
            }
        }
        return found.letters;
    }

    private boolean peeks() {
        return engine.transport().capabilities(letters.shape()).has(Capability.BROWSE);
    }

    /** Asks for more than the caller did only if copies of one id were among them. */
    private void peek(int max, Fold found) {
        long ask = max;
        List<Message> seen;
        do {
            seen = Waits.join("browse " + name(), engine.transport().browse(letters, (int)
                    Math.min(ask, Integer.MAX_VALUE)));
            found.clear();
            boolean room = true;
            for (int i = 0; room && i < seen.size(); i++) {
                room = found.add(letter(seen.get(i)));
            }
            ask *= 2;
        } while (found.letters.size() < max && seen.size() >= ask / 2 && ask <= 8L * max);
    }

    @Override
    public RedriveReport redrive(Redrive redrive) {
        requireNonNull(redrive, "redrive");
        long depth = count();
        if (depth == 0) {
            return new RedriveReport(0, 0, 0);
        }
        requireHome();
        return redrive.isDryRun() ? rehearse(redrive, depth) : new Run(redrive, depth).run();
    }

    private void requireHome() {
        if (exists(home)) {
            return;
        }
        for (int level = 0;
                home.shape().priorities() > 1 && level < home.shape().priorities();
                level++) {
            if (exists(Places.priorityLane(home, level))) {
                return;
            }
        }
        throw new DestinationNotFoundException(
                "dead letters of " + name() + " cannot go back: " + home.name() + " does not exist", null);
    }

    private boolean exists(Place place) {
        return Waits.join("look for " + place.name(), engine.transport().admin().depth(place))
                .isPresent();
    }

    private RedriveReport rehearse(Redrive redrive, long depth) {
        long examined = 0;
        long matched = 0;
        if (peeks() && depth <= MOST_PEEKED) {
            for (Message message :
                    Waits.join("browse " + name(), engine.transport().browse(letters, (int) depth))) {
                if (matched == redrive.maxCount()) {
                    break;
                }
                examined++;
                matched += redrive.which().test(letter(message)) ? 1 : 0;
            }
            return new RedriveReport(examined, matched, examined - matched);
        }
        try (LetterScan scan = LetterScan.open(engine, letters, depth)) {
            LetterScan.Letter next = scan.next();
            while (next != null) {
                scan.keep(next);
                examined++;
                matched += redrive.which().test(letter(next)) ? 1 : 0;
                next = matched < redrive.maxCount() ? scan.next() : null;
            }
        }
        return new RedriveReport(examined, matched, examined - matched);
    }

    @Override
    public long discard(Predicate<? super DeadLetter> which) {
        requireNonNull(which, "which");
        long depth = count();
        if (depth == 0) {
            return 0;
        }
        AtomicLong gone = new AtomicLong();
        try (LetterScan scan = LetterScan.open(engine, letters, depth);
                Flights acks = new Flights(SENDS_AT_ONCE)) {
            LetterScan.Letter next = scan.next();
            while (next != null) {
                if (takes(which, next, scan)) {
                    acks.begin("discard from " + name());
                    scan.take(next, new Acked(acks, gone));
                } else {
                    scan.keep(next);
                }
                next = scan.next();
            }
            acks.awaitAll("discard from " + name());
        }
        return gone.get();
    }

    /** Asks the caller's predicate; a letter it fails at stays. */
    private boolean takes(Predicate<? super DeadLetter> which, LetterScan.Letter letter, LetterScan scan) {
        try {
            return which.test(letter(letter));
        } catch (RuntimeException | Error e) {
            scan.release(letter);
            throw e;
        }
    }

    @Override
    public void purge() {
        if (Waits.join("count " + name(), engine.transport().admin().depth(letters))
                .isPresent()) {
            Waits.join("purge " + name(), engine.transport().admin().purge(letters));
        }
    }

    private DeadLetter letter(LetterScan.Letter letter) {
        return letter(letter.incoming().message());
    }

    private DeadLetter letter(Message message) {
        String source = home.topic() == null ? home.name() : home.topic();
        return new DeadLetter(message, FailureRecords.read(message, source, home.group()));
    }

    @Override
    public String toString() {
        return "DeadLetters[" + name() + "]";
    }

    /** One redrive. */
    private final class Run {
        private final Redrive redrive;
        private final long depth;
        private final Pace pace;
        // on an ordered destination one at a time, so that a send that fails is not overtaken
        private final Flights flights = new Flights(home.shape().ordered() ? 1 : SENDS_AT_ONCE);
        private final AtomicLong redriven = new AtomicLong();
        private final Map<String, Integer> sent = new LinkedHashMap<>();
        private final String what = "redrive from " + name() + " to " + home.name();

        Run(Redrive redrive, long depth) {
            this.redrive = redrive;
            this.depth = depth;
            this.pace = new Pace(engine.time(), redrive.ratePerSecond());
        }

        RedriveReport run() {
            long examined = 0;
            long chosen = 0;
            try (LetterScan scan = LetterScan.open(engine, letters, depth);
                    Flights landing = flights) {
                LetterScan.Letter next = scan.next();
                while (next != null && !cameBack(next, scan)) {
                    examined++;
                    if (takes(redrive.which(), next, scan)) {
                        chosen++;
                        sendHome(next, scan);
                    } else {
                        scan.keep(next);
                    }
                    next = chosen < redrive.maxCount() ? scan.next() : null;
                }
                landing.awaitAll(what);
            } catch (RuntimeException e) {
                LOG.warn("{} stopped after {} messages: {}", what, redriven.get(), LogText.of(e));
                throw e;
            }
            return new RedriveReport(examined, redriven.get(), examined - redriven.get());
        }

        /** Whether the letter was sent home by this redrive and failed again: what follows is newer than the start. */
        private boolean cameBack(LetterScan.Letter letter, LetterScan scan) {
            Message message = letter.incoming().message();
            Integer redrives = message.idAssigned() ? null : sent.get(message.id());
            boolean back = redrives != null && FailureRecords.redrives(message) >= redrives;
            if (back) {
                scan.release(letter);
            }
            return back;
        }

        private void sendHome(LetterScan.Letter letter, LetterScan scan) {
            try {
                pace.await();
                flights.begin(what);
            } catch (InterruptedException e) {
                scan.release(letter);
                throw Waits.interrupted(what, e);
            } catch (RuntimeException e) {
                scan.release(letter);
                throw e;
            }
            Message message = FailureRecords.redriven(letter.incoming().message(), redrive.isForced());
            if (sent.size() < MOST_REMEMBERED) {
                sent.put(message.id(), FailureRecords.redrives(message));
            }
            Waits.whenDone(send(message), (nothing, failure) -> {
                if (failure == null) {
                    redriven.incrementAndGet();
                    scan.take(letter, new Acked(flights, new AtomicLong()));
                } else {
                    scan.release(letter);
                    flights.end(failure);
                }
            });
        }

        private CompletableFuture<Void> send(Message message) {
            try {
                return engine.sendInternal(home, message, 0);
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    /** Counts acks that arrived; one that did not leaves a copy behind, which may come again. */
    private record Acked(Flights flights, AtomicLong count) implements Completion {
        @Override
        public void done() {
            count.incrementAndGet();
            flights.end(null);
        }

        @Override
        public void failed(Throwable cause) {
            LOG.warn("a dead letter was not acked and will show again: {}", LogText.of(cause));
            flights.end(null);
        }
    }

    /** The letters found, copies of one id once. */
    private static final class Fold {
        final List<DeadLetter> letters = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        private final int max;

        Fold(int max) {
            this.max = max;
        }

        /** Whether there is room for more. */
        boolean add(DeadLetter letter) {
            if (letter.message().idAssigned() || ids.add(letter.id())) {
                letters.add(letter);
            }
            return letters.size() < max;
        }

        void clear() {
            letters.clear();
            ids.clear();
        }
    }
}
