package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.QUEUE;

import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;

/** Faults drawn at random, one after the other, while messages flow; the whole history is judged. */
@TckGroup("Faults at random")
@TckFaultGroup
final class NemesisCases {

    private static final Duration SPAN = Duration.ofSeconds(60);

    @TckCase(
            id = "FLT-28",
            value = "under faults drawn at random the history of a whole run is correct",
            proves = {QUEUE, ORDERED, LIFECYCLE},
            tier = Tier.T2,
            faults = {Fault.CUT, Fault.CLIENT_KILL},
            draws = true,
            check = "which fault stands before the first violation? run it again with the seed")
    @Timeout(value = 6, unit = TimeUnit.MINUTES)
    void randomFaults(Tck t) {
        new Run(t).run();
    }

    /** One run. */
    private static final class Run {
        private final Tck tck;
        private final Random random;
        private final Queue<String> plain;
        private final Reconnects reconnects = new Reconnects();
        private final MqClient first;
        private final MqClient second;
        private final Load load;
        private final List<Runnable> strikes = new ArrayList<>();
        private final List<Runnable> bag = new ArrayList<>();
        private @Nullable Mortal mortal;

        Run(Tck tck) {
            this.tck = tck;
            this.random = tck.random();
            this.plain = tck.queue();
            this.first = OutageCases.patient(tck, reconnects);
            this.second = OutageCases.patient(tck, reconnects);
            this.load = new Load(tck, first, 16, plain, tck.orderedQueue());
            Faults faults = tck.faults();
            add(2, this::cut);
            add(1, () -> lasting(faults::down, Duration.ofSeconds(3)));
            add(2, this::killConsumer);
            if (faults.can(Fault.PAUSE)) {
                add(1, () -> lasting(faults::pause, faults.silence().plusSeconds(2)));
            }
            if (faults.can(Fault.HALF_OPEN)) {
                add(1, () -> lasting(faults::freeze, faults.silence().plusSeconds(2)));
            }
            if (faults.can(Fault.CUT_AFTER)) {
                add(1, () -> cutAfter(Direction.TO_BROKER));
                add(1, () -> cutAfter(Direction.TO_CLIENT));
            }
            if (!faults.keepsOrder()) {
                return;
            }
            if (faults.can(Fault.KILL)) {
                add(1, () -> lasting(faults::kill, Duration.ofSeconds(1)));
            } else if (faults.can(Fault.STOP)) {
                add(1, () -> lasting(faults::stop, Duration.ofSeconds(1)));
            }
        }

        private void add(int weight, Runnable strike) {
            for (int i = 0; i < weight; i++) {
                strikes.add(strike);
            }
        }

        void run() {
            load.consume(first);
            load.consume(second);
            hire();
            load.more(300);
            long end = tck.millis() + SPAN.toMillis();
            do {
                draw().run();
                whole();
            } while (tck.millis() < end);
            load.judge();
        }

        // Each kind comes before the first comes again, in an order of chance.
        private Runnable draw() {
            if (bag.isEmpty()) {
                bag.addAll(strikes);
            }
            return bag.remove(random.nextInt(bag.size()));
        }

        // Faults may overlap in what they lead to, never in time: the judge knows when all is whole again.
        private void whole() {
            load.until("all clients have their connections", () -> up(first) && up(second));
            load.more(100);
            tck.history().recovered();
            if (mortal == null) {
                hire();
            }
            load.more(100);
        }

        private static boolean up(MqClient mq) {
            return mq.health().status() == Health.Status.UP;
        }

        private void lasting(Runnable fault, Duration atMost) {
            fault.run();
            load.during(Duration.ofMillis(500 + random.nextInt((int) atMost.toMillis())));
            tck.faults().mend();
        }

        private void cut() {
            int losses = reconnects.lost();
            tck.faults().cut();
            untilNoticed(losses);
        }

        private void cutAfter(Direction direction) {
            int losses = reconnects.lost();
            tck.faults().cutAfter(direction, 1_000 + random.nextInt(30_000));
            load.until("the link is cut", tck.faults()::hasCut);
            tck.faults().mend();
            untilNoticed(losses);
        }

        // Who has the connection back before anybody noticed has shown nothing: then none is to be had for a while.
        private void untilNoticed(int losses) {
            load.during(Duration.ofMillis(200));
            if (reconnects.lost() == losses) {
                tck.faults().down();
                load.during(Duration.ofMillis(500));
                tck.faults().mend();
            }
        }

        private void hire() {
            Mortal hired = tck.mortal();
            hired.consume(load.traffic(plain), plain, ClientScript.of("").with("attempts", 100));
            mortal = hired;
        }

        private void killConsumer() {
            Mortal victim = mortal;
            if (victim != null) {
                tck.history().breaking("kill " + victim.id());
                load.during(Duration.ofMillis(200));
                victim.kill();
                mortal = null;
            }
        }
    }
}
