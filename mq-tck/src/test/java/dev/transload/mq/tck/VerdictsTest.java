package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.tck.CaseResult.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kit makes of cases, and of providers that have nothing to run them on. */
class VerdictsTest {

    @TempDir
    private Path reports;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();

    public static class IdleProvider implements MqTckProvider {
        @Override
        public String name() {
            return "idle";
        }

        @Override
        public TckBroker broker() {
            return TckBroker.at("idle:");
        }
    }

    public static final class NotMade implements MqTckProvider {
        public NotMade() {
            throw new IllegalStateException("cannot be made");
        }

        @Override
        public String name() {
            return "never";
        }

        @Override
        public TckBroker broker() {
            return TckBroker.at("idle:");
        }
    }

    public static final class NotStarted extends IdleProvider {
        @Override
        public void start() {
            throw new IllegalStateException("cannot be started");
        }
    }

    public static final class NoDocker extends IdleProvider {
        @Override
        public void start() {
            throw new NoBrokerException("there is no Docker: install it", null);
        }
    }

    public static final class InThisProcess extends IdleProvider {
        @Override
        public BrokerKind kind() {
            return BrokerKind.IN_PROCESS;
        }
    }

    public static class NoRestart extends IdleProvider {
        @Override
        public Optional<BrokerControl> control() {
            return Optional.of(new Unstoppable());
        }
    }

    public static final class EmulatorWithoutRestart extends NoRestart {
        @Override
        public BrokerKind kind() {
            return BrokerKind.EMULATOR;
        }
    }

    public static class Disorderly extends IdleProvider {
        @Override
        public Optional<BrokerControl> control() {
            return Optional.of(new Forgetful());
        }
    }

    public static final class DisorderlyEmulator extends Disorderly {
        @Override
        public BrokerKind kind() {
            return BrokerKind.EMULATOR;
        }
    }

    private static final class Forgetful extends Unstoppable {
        @Override
        public Set<Fault> supported() {
            return Set.of(Fault.KILL);
        }

        @Override
        public boolean keepsOrder() {
            return false;
        }
    }

    private static class Unstoppable implements BrokerControl {
        @Override
        public Set<Fault> supported() {
            return Set.of(Fault.PAUSE);
        }

        @Override
        public String uri() {
            return "idle:";
        }

        @Override
        public Link link() {
            throw new UnsupportedOperationException("link");
        }

        @Override
        public boolean answers() {
            return true;
        }
    }

    private boolean run(Class<?> provider, boolean certificate) {
        return MqTck.of(provider.getName())
                .groups(SampleCases.class)
                .with("mqtck.reports", reports.toString())
                .with("mqtck.certificate", Boolean.toString(certificate))
                .with("mqtck.seed", "42")
                .run(new PrintStream(told, true, StandardCharsets.UTF_8));
    }

    private void run(Class<?> provider, String tiers) {
        MqTck.of(provider.getName())
                .groups(SampleCases.class)
                .with("mqtck.reports", reports.toString())
                .with("mqtck.tiers", tiers)
                .run(new PrintStream(told, true, StandardCharsets.UTF_8));
    }

    private Map<String, Status> statuses(String name) {
        return rows(name).stream().collect(Collectors.toMap(CaseResult::id, CaseResult::status));
    }

    private List<CaseResult> rows(String name) {
        return Certificate.read(reports.resolve(name + ".json")).cases().stream()
                .filter(row -> row.group().equals("Samples"))
                .toList();
    }

    private String text() {
        return told.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyWayToEndIsToldApart() {
        assertThat(run(IdleProvider.class, false)).isFalse();

        assertThat(statuses("idle"))
                .containsEntry("ENV-01", Status.PASS)
                .containsEntry("DLY-01", Status.PASS_EMULATED)
                .containsEntry("ENV-03", Status.FAIL)
                .containsEntry("PUB-01", Status.FAIL_LYING)
                .containsEntry("UNS-08", Status.FAIL_UNDECLARED)
                .containsEntry("ENV-05", Status.INCONCLUSIVE)
                .containsEntry("FLT-01", Status.NOT_RUN);
    }

    @Test
    void aCaseThatShowsNothingFails() {
        run(IdleProvider.class, false);

        assertThat(statuses("idle")).containsEntry("ENV-02", Status.FAIL);
        assertThat(text()).contains("the case showed nothing");
    }

    @Test
    void whatFailsOnAnotherThreadFailsTheCase() {
        run(IdleProvider.class, false);

        assertThat(statuses("idle")).containsEntry("ENV-06", Status.FAIL);
        assertThat(text()).contains("on another thread");
    }

    @Test
    void deliveriesOfOtherRunsAreToldAndNotCounted() {
        run(IdleProvider.class, false);

        assertThat(rows("idle"))
                .filteredOn(row -> row.id().equals("ENV-10"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.status()).isEqualTo(Status.PASS);
                    assertThat(row.why()).isEqualTo("left out: 1 deliveries of other cases or runs");
                });
        assertThat(reports.resolve("idle.md")).content().contains("left out: 1 deliveries");
    }

    @Test
    void aFailureSaysWhatWasRequiredWhatHappenedWhereToLookAndHowToRepeatIt() {
        run(IdleProvider.class, false);

        assertThat(text())
                .contains(
                        "required:    does not hold",
                        "happened:    expected one, was two",
                        "check first: the sample",
                        "again with:  -Dmqtck.seed=42");
    }

    @Test
    void whatShowsNothingFailsACertificateRunAlone() {
        run(IdleProvider.class, false);
        assertThat(text()).doesNotContain("ENV-05 INCONCLUSIVE");

        run(IdleProvider.class, true);
        assertThat(text()).contains("ENV-05 INCONCLUSIVE");
    }

    @Test
    void aProviderThatCannotBeMadeOrStartedFailsEveryCase() {
        assertThat(run(NotMade.class, false)).isFalse();
        assertThat(statuses("VerdictsTest$NotMade").values())
                .filteredOn(status -> status != Status.NOT_RUN)
                .hasSize(9)
                .containsOnly(Status.FAIL);

        assertThat(run(NotStarted.class, false)).isFalse();
        assertThat(statuses("idle").values())
                .filteredOn(status -> status != Status.NOT_RUN)
                .hasSize(9)
                .containsOnly(Status.FAIL);
        assertThat(text()).contains("because java.lang.IllegalStateException: cannot be started");
    }

    @Test
    void withoutABrokerNothingIsRunAndNothingPassesAndACertificateRunFails() {
        assertThat(run(NoDocker.class, false)).isTrue();
        assertThat(statuses("idle").values()).containsOnly(Status.NOT_RUN);

        assertThat(run(NoDocker.class, true)).isFalse();
        assertThat(statuses("idle").values()).containsOnly(Status.NOT_RUN);
        assertThat(text()).contains("there is no Docker: install it");
        assertThat(Certificate.read(reports.resolve("idle.json")).level().name())
                .isEqualTo("NONE");
    }

    @Test
    void faultsCannotBeShownInThisProcess() {
        run(InThisProcess.class, true);

        assertThat(statuses("idle")).containsEntry("FLT-01", Status.UNTESTABLE);
    }

    @Test
    void aRestartThatABrokerCannotShowIsNotRunAndOfAnEmulatorItIsUntestable() {
        run(NoRestart.class, "T2");
        assertThat(rows("idle"))
                .filteredOn(row -> row.id().equals("FLT-01"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.status()).isEqualTo(Status.NOT_RUN);
                    assertThat(row.why()).contains("the provider's control cannot do");
                });

        run(EmulatorWithoutRestart.class, "T2");
        assertThat(statuses("idle")).containsEntry("FLT-01", Status.UNTESTABLE);
    }

    @Test
    void orderOverARestartIsUntestableOfAnEmulatorThatForgetsIt() {
        run(DisorderlyEmulator.class, "T2");

        assertThat(statuses("idle")).containsEntry("FLT-02", Status.UNTESTABLE).containsEntry("FLT-01", Status.PASS);
    }

    @Test
    void aBrokerThatIsNoEmulatorMayNotForgetTheOrder() {
        run(Disorderly.class, "T2");

        assertThat(statuses("idle")).containsEntry("FLT-01", Status.FAIL);
    }

    @Test
    void settingsThatMakeNoSenseAreRefusedByName() {
        Map<String, String> wrong = Map.of(
                "mqtck.timeScale", "0",
                "mqtck.patience", "none",
                "mqtck.seed", "x",
                "mqtck.tiers", "T7");
        wrong.forEach((name, value) -> assertThatThrownBy(() -> TckSettings.read(asked -> Optional.ofNullable(
                        asked.equals(TckSettings.PROVIDER)
                                ? "p"
                                : Map.of(name, value).get(asked))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(name));
    }
}
