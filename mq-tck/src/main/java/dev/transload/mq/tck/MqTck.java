package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the kit from a program, for those who do not run it in a build with {@link RunMqTck}. Immutable.
 *
 * <pre>{@code
 * boolean passed = MqTck.of("com.acme.AcmeProvider").with("mqtck.tiers", "T0").run(System.out);
 * }</pre>
 */
public final class MqTck {

    private final Map<String, String> settings;
    private final List<Class<?>> groups;
    private final List<String> ids;

    private MqTck(Map<String, String> settings, List<Class<?>> groups, List<String> ids) {
        this.settings = settings;
        this.groups = groups;
        this.ids = ids;
    }

    /** A run against the broker of a provider, with all defaults. */
    public static MqTck of(String provider) {
        return new MqTck(Map.of(), CaseMethods.groups(), List.of())
                .with(TckSettings.PROVIDER, requireNonNull(provider, "provider"));
    }

    /** A run against a broker that is there already and is reached by this URI; nothing breaks it. */
    public static MqTck at(String uri, BrokerKind kind) {
        return of(UriProvider.class.getName())
                .with(TckSettings.URI, requireNonNull(uri, "uri"))
                .with(TckSettings.KIND, requireNonNull(kind, "kind").name());
    }

    /**
     * The same with a setting.
     *
     * @param name one of those that {@link RunMqTck} lists
     */
    public MqTck with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(settings);
        more.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
        return new MqTck(more, groups, ids);
    }

    /**
     * The same with these cases alone.
     *
     * @throws IllegalArgumentException if there is no such case
     */
    public MqTck cases(String... wanted) {
        for (String id : wanted) {
            if (!CaseMethods.methods().containsKey(id.toUpperCase(Locale.ROOT))) {
                throw new IllegalArgumentException("there is no case " + id);
            }
        }
        return new MqTck(
                settings,
                groups,
                Arrays.stream(wanted).map(id -> id.toUpperCase(Locale.ROOT)).toList());
    }

    /** For the kit's own tests: other cases than those of the kit. */
    MqTck groups(Class<?>... others) {
        return new MqTck(settings, List.of(others), ids);
    }

    /**
     * Runs, and writes the certificate.
     *
     * @param out where failures and the result are told
     * @return whether nothing failed; in a certificate run, whether everything was shown too
     * @throws IllegalStateException if a setting makes no sense
     */
    public boolean run(PrintStream out) {
        TckSettings checked = TckSettings.read(name -> Optional.ofNullable(settings.get(name)));
        List<Method> methods = ids.isEmpty()
                ? List.of()
                : ids.stream().map(CaseMethods.methods()::get).toList();
        return new KitLauncher(settings, out).run(groups, methods, checked);
    }

    /**
     * What is wrong with a certificate itself, whatever it says of a broker: edited, incomplete, of another kit.
     *
     * @return sentences; empty if nothing is wrong
     * @throws IllegalArgumentException if the file is no certificate
     */
    public static List<String> flaws(Path certificate) {
        return Certificate.read(requireNonNull(certificate, "certificate")).flaws(Catalogue.load());
    }
}
