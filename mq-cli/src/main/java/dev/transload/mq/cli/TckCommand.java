package dev.transload.mq.cli;

import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTck;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mq tck}: the conformance kit against a broker, and a look at what earlier runs wrote. */
@Command(
        name = "tck",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the conformance kit: some 200 cases that show whether a transport obeys the rules of Transload on a"
                    + " broker. Each case works on queues and topics of its own, whose names start with tck-, and removes"
                    + " them. Cases that a broker cannot pass because it lacks a feature show instead that asking for it"
                    + " is refused properly.",
            "",
            "A transport of your own is tested with a provider, a class of some 20 lines that says how to reach the"
                    + " broker; docs/writing-a-transport.md shows one. A transport that is here already needs only a URI.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq tck --uri inmemory: --kind IN_PROCESS --tiers T0      a first look, half a minute",
            "  mq tck --uri amqp://guest:guest@localhost                a broker that runs somewhere",
            "  mq tck --provider com.acme.AcmeProvider --classpath target/classes:target/test-classes:lib/*",
            "  mq tck --provider com.acme.AcmeProvider --classpath … --case ACK-04 --case RTY-01",
            "  mq tck --provider com.acme.AcmeProvider --classpath … --tiers T0,T1,T2 --certificate",
            "  mq tck --verify target/mq-tck/acme-3.2.json",
            "",
            "Exit codes: 0 nothing failed, or the certificate is sound · 1 something failed · 2 wrong command line"
        })
final class TckCommand implements Callable<Integer> {

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--provider", paramLabel = "CLASS", description = "The MqTckProvider that knows the broker.")
    private @Nullable String provider;

    @Option(names = "--uri", paramLabel = "URI", description = "A broker that runs already, instead of a provider.")
    private @Nullable String uri;

    @Option(
            names = "--kind",
            paramLabel = "KIND",
            description = "What answers at the URI: ${COMPLETION-CANDIDATES}. REAL unless given.")
    private BrokerKind kind = BrokerKind.REAL;

    @Option(
            names = "--tiers",
            paramLabel = "LIST",
            description = "T0 quick, T1 with load and waits, T2 with faults. T0,T1 unless given.")
    private @Nullable String tiers;

    @Option(
            names = "--case",
            paramLabel = "ID",
            description = "This case alone, such as ACK-04; may be given again. docs/tck.md lists them.")
    private List<String> cases = new ArrayList<>();

    @Option(
            names = "--reports",
            paramLabel = "DIR",
            description = "Where the certificate goes, as JSON and Markdown. target/mq-tck unless given.")
    private @Nullable Path reports;

    @Option(names = "--seed", paramLabel = "N", description = "Draw at random what the run with this seed has drawn.")
    private @Nullable Long seed;

    @Option(
            names = "--time-scale",
            paramLabel = "X",
            description = "Factor on all times, for slow machines. 1 unless given.")
    private @Nullable Double timeScale;

    @Option(names = "--certificate", description = "Fail too if something that was asked for could not be shown.")
    private boolean certificate;

    @Option(
            names = "--verify",
            paramLabel = "FILE",
            description = "Run nothing: say whether certificates are complete and unchanged.")
    private List<Path> verify = new ArrayList<>();

    TckCommand(Shell shell) {
        this.shell = shell;
    }

    /** Takes no notice: bin/mq has started the JVM with this path already. */
    @Option(
            names = "--classpath",
            paramLabel = "PATH",
            description = "Where the provider, the transport and what they need are found; as for java -cp.")
    void classpath(String path) {}

    @Override
    public Integer call() {
        if (!verify.isEmpty()) {
            return verified();
        }
        if ((provider == null) == (uri == null)) {
            throw wrong("give either --provider or --uri", null);
        }
        MqTck kit = provider == null ? MqTck.at(String.valueOf(uri), kind) : MqTck.of(provider);
        if (tiers != null) {
            kit = kit.with("mqtck.tiers", tiers);
        }
        if (reports != null) {
            kit = kit.with("mqtck.reports", reports.toString());
        }
        if (seed != null) {
            kit = kit.with("mqtck.seed", seed.toString());
        }
        if (timeScale != null) {
            kit = kit.with("mqtck.timeScale", timeScale.toString());
        }
        kit = kit.with("mqtck.certificate", Boolean.toString(certificate));
        if (!cases.isEmpty()) {
            kit = kit.cases(cases.toArray(String[]::new));
        }
        try {
            return kit.run(shell.out()) ? ExitCode.OK : ExitCode.FAILED;
        } catch (IllegalStateException e) {
            throw wrong(String.valueOf(e.getMessage()), e);
        }
    }

    private CommandLine.ParameterException wrong(String text, @Nullable Throwable cause) {
        return new CommandLine.ParameterException(
                Objects.requireNonNull(spec, "spec").commandLine(), text, cause);
    }

    private int verified() {
        int code = ExitCode.OK;
        for (Path file : verify) {
            List<String> flaws = MqTck.flaws(file);
            shell.out().println(file + (flaws.isEmpty() ? ": complete and unchanged" : ":"));
            flaws.forEach(flaw -> shell.out().println("  " + flaw));
            code = flaws.isEmpty() ? code : ExitCode.FAILED;
        }
        return code;
    }
}
