package dev.transload.mq.cli;

import dev.transload.mq.CloseReport;
import dev.transload.mq.Explanation;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq demo}: the same stories on any broker, each verified while it is told. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Tells the tour: a work queue, retries, dead letters and redrive, publish and subscribe, order by key,"
                    + " request and reply, a duplicate, a delay. Everything is done for real and verified; on every"
                    + " broker the same lines come in the same order. What it makes at the broker is removed again.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq demo                                       on a broker in memory",
            "  mq demo --uri amqp://guest:guest@localhost    on RabbitMQ",
            "  mq demo --uri kafka://localhost               on Kafka",
            "  mq demo --uri redis://localhost               on Redis",
            "  diff <(mq demo) <(mq demo --uri amqp://guest:guest@localhost)    nothing but times and names",
            "",
            "Exit code 1: something did not happen as told; the line that starts with ✗ says what."
        })
final class DemoCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--fast", description = "Do not wait between the lines for a reader.")
    private boolean fast;

    DemoCommand(Shell shell) {
        this.shell = shell;
    }

    /** All stories, in the order they are told. */
    static List<Story> stories() {
        return List.of(
                new WorkQueueStory(),
                new RetryStory(),
                new DeadLetterStory(),
                new PubSubStory(),
                new OrderStory(),
                new RequestReplyStory(),
                new DuplicateStory(),
                new DelayStory());
    }

    @Override
    public Integer call() {
        Narrator narrator = new Narrator(shell, fast);
        try (MqClient mq = connection.connectOrInMemory(shell)) {
            Stage stage = new Stage(mq, narrator, newSuffix());
            try (OnInterrupt clear = new OnInterrupt(() -> abandon(stage))) {
                return tell(mq, stage, narrator);
            }
        }
    }

    private int tell(MqClient mq, Stage stage, Narrator narrator) {
        Explanation explanation = mq.explain();
        narrator.title("Transload on " + explanation.transport() + ", " + explanation.broker());
        narrator.say("names at the broker end in " + stage.suffix() + " in this run, and are removed at the end");

        List<String> wrong = new ArrayList<>();
        List<Story> stories = stories();
        for (int i = 0; i < stories.size(); i++) {
            narrator.title((i + 1) + ". " + stories.get(i).title());
            tell(stories.get(i), stage, wrong, narrator);
        }
        narrator.title("The end");
        tell(new Epilogue(explanation), stage, wrong, narrator);
        if (wrong.isEmpty()) {
            narrator.verdict(true, stories.size() + " stories, " + stage.verified() + " facts verified, all as told.");
            return ExitCode.OK;
        }
        narrator.verdict(false, wrong.size() + " of " + (stories.size() + 1) + " did not go as told:");
        wrong.forEach(narrator::failed);
        return ExitCode.FAILED;
    }

    private void tell(Story story, Stage stage, List<String> wrong, Narrator narrator) {
        try {
            story.tell(stage);
        } catch (Exception e) {
            String text = e instanceof StoryException
                    ? String.valueOf(e.getMessage())
                    : (e instanceof UnsupportedCapabilityException
                                    ? "refused: "
                                    : e.getClass().getSimpleName() + ": ")
                            + e.getMessage();
            String line = MqCommand.oneLine(stage.plain(text));
            narrator.failed(line);
            wrong.add(story.title() + ": " + line);
            if (verbose()) {
                e.printStackTrace(shell.err());
            }
        }
    }

    private static String newSuffix() {
        return "-"
                + Long.toString(new SecureRandom().nextLong(2_176_782_336L) + 2_176_782_336L, 36)
                        .substring(1);
    }

    // The process is ending on request; what cannot be removed has the names that the first lines showed.
    private void abandon(Stage stage) {
        try (MqClient mq = stage.mq()) {
            stage.clear();
        } catch (RuntimeException e) {
            shell.err().println("mq: " + MqCommand.oneLine(String.valueOf(e.getMessage())));
        }
    }

    @Override
    public boolean verbose() {
        return connection.verbose();
    }

    /** What the broker does by itself and what not, and an orderly leave. */
    private record Epilogue(Explanation explanation) implements Story {

        @Override
        public String title() {
            return "The end";
        }

        @Override
        public void tell(Stage stage) {
            stage.say("of " + explanation.features().size() + " features this broker does "
                    + count(Support.NATIVE) + " by itself, Transload adds " + count(Support.EMULATED) + ", refused are "
                    + count(Support.REFUSED) + "; mq explain lists them");
            stage.verify(
                    "the table of features is there", !explanation.features().isEmpty(), explanation);
            stage.verify("removed the " + stage.clear() + " queues and topics of this run", true, "");
            CloseReport report = stage.mq().close(Duration.ofSeconds(10));
            stage.verify(
                    "closed cleanly: nothing interrupted, no ack unknown, no send unconfirmed",
                    report.clean()
                            && report.interrupted() == 0
                            && report.ackUnknown().isEmpty()
                            && report.sendsFailed() == 0,
                    report);
        }

        private long count(Support support) {
            return explanation.features().stream()
                    .filter(feature -> feature.support() == support)
                    .count();
        }
    }
}
