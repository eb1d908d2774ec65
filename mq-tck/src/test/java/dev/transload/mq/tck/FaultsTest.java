package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A fault counts only if somebody else has seen it. */
class FaultsTest {

    private final Fake control = new Fake();
    private final Faults faults = new Faults(control, new History(System::nanoTime), 1);

    @Test
    void aBrokerThatStillAnswersWasNotBroken() {
        control.lazy = true;

        for (Runnable fault :
                List.<Runnable>of(faults::stop, faults::kill, faults::pause, faults::down, faults::freeze)) {
            assertThatThrownBy(fault::run).isInstanceOf(Inconclusive.class).hasMessageContaining("had no effect");
        }
    }

    @Test
    void aLinkWhoseAnswersAreNotLateIsNotSlow() {
        control.lazy = true;

        assertThatThrownBy(() -> faults.latency(Duration.ofSeconds(1), Duration.ZERO))
                .isInstanceOf(Inconclusive.class)
                .hasMessageContaining("had no effect");
    }

    @Test
    void aBrokerThatDoesNotAnswerBeforeCannotBeBroken() {
        control.up = false;

        assertThatThrownBy(faults::stop)
                .isInstanceOf(Inconclusive.class)
                .hasMessageContaining("does not answer before 'stop'");
    }

    @Test
    void whatHasAnEffectIsBelievedAndTakenBack() {
        faults.stop();
        assertThat(control.up).isFalse();
        faults.mend();
        assertThat(control.up).isTrue();
        faults.cut();
        faults.down();

        faults.undo();
        assertThat(control.up).isTrue();
        assertThat(control.did).containsExactly("stop", "start", "cut", "down", "heal");
    }

    @Test
    void aControlThatLacksWhatItClaimsSaysSo() {
        assertThatThrownBy(faults::forget)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("FORGET");
    }

    /** A broker that does nothing but say whether it is there; a lazy one says that it is, whatever is done to it. */
    private static final class Fake implements BrokerControl, Link {

        private final List<String> did = new ArrayList<>();
        private boolean up = true;
        private boolean lazy;
        private long ended;

        private void goes(String what, boolean to) {
            did.add(what);
            up = lazy || to;
        }

        @Override
        public Set<Fault> supported() {
            return EnumSet.allOf(Fault.class);
        }

        @Override
        public String uri() {
            return "fake:";
        }

        @Override
        public Link link() {
            return this;
        }

        @Override
        public boolean answers() {
            return up;
        }

        @Override
        public void stop() {
            goes("stop", false);
        }

        @Override
        public void kill() {
            goes("kill", false);
        }

        @Override
        public void start() {
            goes("start", true);
        }

        @Override
        public void pause() {
            goes("pause", false);
        }

        @Override
        public void unpause() {
            goes("unpause", true);
        }

        @Override
        public void cut() {
            did.add("cut");
            ended++;
        }

        @Override
        public void down() {
            goes("down", false);
        }

        @Override
        public void freeze(Direction... directions) {
            goes("freeze", false);
        }

        @Override
        public void cutAfter(Direction direction, long bytes) {}

        @Override
        public void latency(Duration delay, Duration jitter) {}

        @Override
        public void slice(int bytes) {}

        @Override
        public void bandwidth(long bytesPerSecond) {}

        @Override
        public void heal() {
            goes("heal", true);
        }

        @Override
        public long ended() {
            return ended;
        }
    }
}
